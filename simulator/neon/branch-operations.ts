import { randomUUID } from 'node:crypto'
import type { Context } from 'openapi-backend'
import type { Accounts, Project } from './accounts.ts'
import { beyond, type Call, type Handler, notFound, ok, parameter, Refusal } from './answers.ts'
import { type Branch, type Branches, BranchNameTaken, DATABASE, ROLE } from './branches.ts'
import type { BranchOperationId } from './openapi.ts'

/** The project of the path, where the key reaches it. */
export function reachedProject(accounts: Accounts, context: Context, { key }: Call): Project {
  const project = accounts.projects.get(parameter(context, 'project_id'))
  if (project && accounts.reaches(key, project)) return project
  throw 'organization' in key.owner && key.owner.projectId !== undefined ? beyond(key.owner) : notFound('project')
}

/** What Neon does with branches, by operation ID: any key does it that reaches the project. */
export function branchOperations(accounts: Accounts, branches: Branches): Record<BranchOperationId, Handler> {
  const projectOf = (context: Context, call: Call): Project => reachedProject(accounts, context, call)
  const branchOf = (context: Context, project: Project): Branch => {
    const id = parameter(context, 'branch_id')
    const branch = branches.of(project).find((one) => one.id === id)
    if (!branch) throw notFound('branch')
    return branch
  }
  const onBranch =
    (answer: (branch: Branch) => object): Handler =>
    (context, call) =>
      ok(answer(branchOf(context, projectOf(context, call))))
  const named = (context: Context, name: string, expected: string): void => {
    if (parameter(context, name) !== expected) throw notFound(name)
  }

  return {
    listProjectBranches(context, call) {
      const search = String(context.request.query.search ?? '')
      const found = branches.of(projectOf(context, call)).filter(({ id, name }) => `${id} ${name}`.includes(search))
      return ok({ branches: found.map(describeBranch), annotations: {} })
    },
    createProjectBranch(context, call) {
      const project = projectOf(context, call)
      const { name, parent_id } = context.request.requestBody?.branch ?? {}
      if (parent_id !== undefined && !branches.of(project).some(({ id }) => id === parent_id)) throw notFound('branch')
      try {
        const branch = branches.create(project, name, parent_id)
        return {
          status: 201,
          body: {
            branch: describeBranch(branch),
            endpoints: [describeEndpoint(branch)],
            operations: [describeOperation(branch, 'create_branch')],
            roles: [describeRole(branch)],
            databases: [describeDatabase(branch)],
            connection_uris: [describeConnection(branch, branches.password)],
          },
        }
      } catch (error) {
        if (error instanceof BranchNameTaken) throw new Refusal(409, 'branch name already exists')
        throw error
      }
    },
    getProjectBranch: onBranch((branch) => ({ branch: describeBranch(branch) })),
    deleteProjectBranch(context, call) {
      const project = projectOf(context, call)
      const branch = branchOf(context, project)
      if (branch.parentId === undefined) throw new Refusal(422, 'cannot delete the default branch')
      branches.delete(project, branch)
      return ok({ branch: describeBranch(branch), operations: [describeOperation(branch, 'delete_timeline')] })
    },
    listProjectBranchEndpoints: onBranch((branch) => ({ endpoints: [describeEndpoint(branch)] })),
    listProjectBranchDatabases: onBranch((branch) => ({ databases: [describeDatabase(branch)] })),
    getProjectBranchDatabase(context, call) {
      named(context, 'database_name', DATABASE)
      return onBranch((branch) => ({ database: describeDatabase(branch) }))(context, call)
    },
    listProjectBranchRoles: onBranch((branch) => ({ roles: [describeRole(branch)] })),
    getProjectBranchRole(context, call) {
      named(context, 'role_name', ROLE)
      return onBranch((branch) => ({ role: describeRole(branch) }))(context, call)
    },
    getProjectBranchRolePassword(context, call) {
      named(context, 'role_name', ROLE)
      return onBranch(() => ({ password: branches.password }))(context, call)
    },
  }
}

const times = ({ createdAt }: Branch): object => ({ created_at: createdAt, updated_at: createdAt })

function describeBranch(branch: Branch): object {
  return {
    id: branch.id,
    name: branch.name,
    project_id: branch.projectId,
    ...(branch.parentId !== undefined && { parent_id: branch.parentId }),
    current_state: 'ready',
    state_changed_at: branch.createdAt,
    creation_source: 'console',
    default: branch.parentId === undefined,
    protected: false,
    cpu_used_sec: 0,
    active_time_seconds: 0,
    compute_time_seconds: 0,
    written_data_bytes: 0,
    data_transfer_bytes: 0,
    ...times(branch),
  }
}

/** A name that stands for this machine (RFC 6761), so that whoever resolves it comes nowhere else. */
const hostOf = (branch: Branch, pooler = ''): string => `${branch.endpointId}${pooler}.localhost`

function describeEndpoint(branch: Branch): object {
  return {
    id: branch.endpointId,
    host: hostOf(branch),
    project_id: branch.projectId,
    branch_id: branch.id,
    region_id: 'aws-us-east-2',
    autoscaling_limit_min_cu: 0.25,
    autoscaling_limit_max_cu: 0.25,
    type: 'read_write',
    current_state: 'active',
    pooler_enabled: false,
    pooler_mode: 'transaction',
    disabled: false,
    passwordless_access: true,
    creation_source: 'console',
    settings: {},
    proxy_host: 'localhost',
    suspend_timeout_seconds: 0,
    provisioner: 'k8s-neonvm',
    ...times(branch),
  }
}

function describeOperation(branch: Branch, action: string): object {
  return {
    id: randomUUID(),
    project_id: branch.projectId,
    branch_id: branch.id,
    action,
    status: 'finished',
    failures_count: 0,
    total_duration_ms: 0,
    ...times(branch),
  }
}

function describeRole(branch: Branch): object {
  return { branch_id: branch.id, name: ROLE, protected: false, ...times(branch) }
}

function describeDatabase(branch: Branch): object {
  return { id: 1, branch_id: branch.id, name: DATABASE, owner_name: ROLE, ...times(branch) }
}

function describeConnection(branch: Branch, password: string): object {
  return {
    connection_uri: `postgresql://${ROLE}:${password}@${hostOf(branch)}/${DATABASE}?sslmode=require`,
    connection_parameters: {
      database: DATABASE,
      password,
      role: ROLE,
      host: hostOf(branch),
      pooler_host: hostOf(branch, '-pooler'),
    },
  }
}
