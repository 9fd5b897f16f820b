import type { Context } from 'openapi-backend'
import type { Accounts, Key, Project } from './accounts.ts'
import { type Example, type Handler, notFound, ok, parameter, Refusal } from './answers.ts'
import { type Branch, type Branches, DATABASE, ROLE } from './branches.ts'
import type { BranchOperationId } from './openapi.ts'

/** Neon's branch operations by operation ID, for any key with access to the project. */
export function branchOperations(
  accounts: Accounts,
  branches: Branches,
  example: Example,
): Record<BranchOperationId, Handler> {
  const find = (context: Context, key: Key): { project: Project; branch: Branch } => {
    const project = accounts.reachable(key, parameter(context, 'project_id'))
    const branch = branches.of(project).find(({ id }) => id === parameter(context, 'branch_id'))
    if (!branch) throw notFound('branch')
    return { project, branch }
  }
  const onBranch =
    (answer: (branch: Branch) => object): Handler =>
    (context, key) =>
      ok(answer(find(context, key).branch))
  /** The same for a database or role, of which each branch has one. */
  const onNamed =
    (name: 'database_name' | 'role_name', answer: (branch: Branch) => object): Handler =>
    (context, key) => {
      const { branch } = find(context, key)
      if (![DATABASE, ROLE].includes(parameter(context, name))) throw notFound(name)
      return ok(answer(branch))
    }

  const endpointOf = (branch: Branch) => ({
    ...example('listProjectBranchEndpoints').endpoints[0],
    id: endpointId(branch),
    host: hostOf(branch),
    project_id: branch.project_id,
    branch_id: branch.id,
    current_state: 'active',
    proxy_host: 'localhost',
  })
  const operationsOf = ({ project_id, id }: Branch, action: string) => [
    { ...example('createProjectBranch').operations[0], project_id, branch_id: id, action, status: 'finished' },
  ]
  const roleOf = ({ id }: Branch) => ({ ...example('getProjectBranchRole').role, branch_id: id, name: ROLE })
  const databaseOf = ({ id }: Branch) => ({
    ...example('getProjectBranchDatabase').database,
    branch_id: id,
    name: DATABASE,
    owner_name: ROLE,
  })

  return {
    listProjectBranches(context, key) {
      const search = String(context.request.query.search ?? '')
      const all = branches.of(accounts.reachable(key, parameter(context, 'project_id')))
      const found = all.filter(({ id, name }) => `${id} ${name}`.includes(search))
      return ok({ branches: found, annotations: {} })
    },
    createProjectBranch(context, key) {
      const project = accounts.reachable(key, parameter(context, 'project_id'))
      const { name, parent_id } = context.request.requestBody?.branch ?? {}
      if (parent_id !== undefined && !branches.of(project).some(({ id }) => id === parent_id)) throw notFound('branch')
      const branch = branches.create(project, { name, parent_id })
      const body = {
        branch,
        endpoints: [endpointOf(branch)],
        operations: operationsOf(branch, 'create_branch'),
        roles: [roleOf(branch)],
        databases: [databaseOf(branch)],
        connection_uris: [connectionOf(branch, branches.password)],
      }
      return { status: 201, body }
    },
    getProjectBranch: onBranch((branch) => ({ branch })),
    deleteProjectBranch(context, key) {
      const { project, branch } = find(context, key)
      if (branch.parent_id === undefined) throw new Refusal(422, 'cannot delete the default branch')
      branches.delete(project, branch)
      return ok({ branch, operations: operationsOf(branch, 'delete_timeline') })
    },
    listProjectBranchEndpoints: onBranch((branch) => ({ endpoints: [endpointOf(branch)] })),
    listProjectBranchDatabases: onBranch((branch) => ({ databases: [databaseOf(branch)] })),
    getProjectBranchDatabase: onNamed('database_name', (branch) => ({ database: databaseOf(branch) })),
    listProjectBranchRoles: onBranch((branch) => ({ roles: [roleOf(branch)] })),
    getProjectBranchRole: onNamed('role_name', (branch) => ({ role: roleOf(branch) })),
    getProjectBranchRolePassword: onNamed('role_name', () => ({ password: branches.password })),
  }
}

const endpointId = ({ id }: Branch): string => id.replace(/^br-/, 'ep-')

/** A name that resolves to this machine (RFC 6761), so that no tool connects anywhere else. */
const hostOf = (branch: Branch, pooler = ''): string => `${endpointId(branch)}${pooler}.localhost`

function connectionOf(branch: Branch, password: string): object {
  const host = hostOf(branch)
  return {
    connection_uri: `postgresql://${ROLE}:${password}@${host}/${DATABASE}?sslmode=require`,
    connection_parameters: { database: DATABASE, password, role: ROLE, host, pooler_host: hostOf(branch, '-pooler') },
  }
}
