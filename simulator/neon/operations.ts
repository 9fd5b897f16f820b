import type { Context } from 'openapi-backend'
import { type Accounts, type Key, NameTaken, type Organization, type Project } from './accounts.ts'
import { beyond, type Handler, notFound, ok, parameter, Refusal } from './answers.ts'
import { branchOperations, reachedProject } from './branch-operations.ts'
import type { Branches } from './branches.ts'
import { int64 } from './int64.ts'
import type { OperationId } from './openapi.ts'

const created = ({ id, name, createdAt, createdBy }: Key): object => ({
  id: int64(id),
  name,
  created_at: createdAt,
  created_by: createdBy.id,
})
const projectOf = ({ owner }: Key): object =>
  'organization' in owner && owner.projectId !== undefined ? { project_id: owner.projectId } : {}
const used = ({ lastUsedAt, lastUsedFrom }: Key): object => ({
  last_used_at: lastUsedAt,
  last_used_from_addr: lastUsedFrom,
})
const creator = ({ createdBy }: Key): object => ({ created_by: { id: createdBy.id, name: createdBy.name, image: '' } })

/**
 * The deeds of the simulated Neon, by operation ID of its OpenAPI document.
 *
 * What the document does not say is from Neon's documentation (manage/api-keys, manage/orgs-api): an organization's
 * key lists and revokes but does not create; a project-scoped key reaches its one project and no call on keys. The words
 * of the refusals are Neon's own where they are known.
 */
export function operations(accounts: Accounts, branches: Branches): Record<OperationId, Handler> {
  /** The member rights of a key in an organization. */
  const enter = (key: Key, id: string, need: 'member' | 'admin' | 'personal admin'): Organization => {
    const organization = accounts.organizations.get(id)
    const { owner } = key
    const role = 'user' in owner && organization?.members.get(owner.user.id)
    if ('organization' in owner) {
      if (owner.projectId !== undefined || need === 'personal admin') throw beyond(owner)
      if (owner.organization === organization) return organization
    }
    if (!organization || !role) throw new Refusal(403, 'not an organization member')
    if (need !== 'member' && role !== 'admin') throw new Refusal(403, 'only organization admins may do this')
    return organization
  }
  const person = ({ owner }: Key) => {
    if ('user' in owner) return owner.user
    throw beyond(owner)
  }
  const revoke = (keys: Key[], id: string): Key => {
    const key = keys.find((candidate) => candidate.id === id)
    if (!key) throw notFound('API key')
    accounts.revoke(key)
    return key
  }
  const create = (...parameters: Parameters<Accounts['createKey']>): { key: Key; token: string } => {
    try {
      return accounts.createKey(...parameters)
    } catch (error) {
      if (error instanceof NameTaken) throw new Refusal(400, 'choose another unique name for api key')
      throw error
    }
  }
  /** The raw digits: openapi-backend has made a number of the one in its parameters. */
  const keyId = ({ request }: Context): string => request.path.split('/').at(-1) ?? ''

  return {
    listApiKeys: (_context, { key }) =>
      ok(accounts.keysOf({ user: person(key) }).map((one) => ({ ...created(one), ...creator(one), ...used(one) }))),
    createApiKey(context, { key }) {
      const user = person(key)
      const fresh = create({ user }, context.request.requestBody.key_name, user)
      return ok({ ...created(fresh.key), key: fresh.token })
    },
    revokeApiKey(context, { key }) {
      const revoked = revoke(accounts.keysOf({ user: person(key) }), keyId(context))
      return ok({ ...created(revoked), ...used(revoked), revoked: true })
    },
    listOrgApiKeys(context, { key }) {
      const organization = enter(key, parameter(context, 'org_id'), 'admin')
      const keys = accounts.keysOf({ organization })
      return ok(keys.map((one) => ({ ...created(one), ...creator(one), ...used(one), ...projectOf(one) })))
    },
    createOrgApiKey(context, { key }) {
      const organization = enter(key, parameter(context, 'org_id'), 'personal admin')
      const { key_name, project_id } = context.request.requestBody as { key_name: string; project_id?: string }
      if (project_id !== undefined && accounts.projects.get(project_id)?.orgId !== organization.id)
        throw notFound('project')
      const owner = { organization, ...(project_id !== undefined && { projectId: project_id }) }
      const fresh = create(owner, key_name, person(key))
      return ok({ ...created(fresh.key), ...projectOf(fresh.key), key: fresh.token })
    },
    revokeOrgApiKey(context, { key }) {
      const organization = enter(key, parameter(context, 'org_id'), 'admin')
      const revoked = revoke(accounts.keysOf({ organization }), keyId(context))
      return ok({ ...created(revoked), ...used(revoked), ...projectOf(revoked), revoked: true })
    },
    getAuthDetails: (_context, { key: { owner } }) =>
      ok(
        'user' in owner
          ? { account_id: owner.user.id, auth_method: 'api_key_user' }
          : { account_id: owner.organization.id, auth_method: 'api_key_org' },
      ),
    getCurrentUserInfo(_context, { key }) {
      const { id, name, email } = person(key)
      return ok({
        id,
        name,
        email,
        login: email,
        last_name: '',
        image: '',
        plan: 'free',
        auth_accounts: [],
        active_seconds_limit: 0,
        projects_limit: 10,
        branches_limit: 10,
        max_autoscaling_limit: 2,
      })
    },
    getCurrentUserOrganizations(_context, { key }) {
      const { owner } = key
      const belongs = (organization: Organization): boolean =>
        'user' in owner ? organization.members.has(owner.user.id) : organization === owner.organization
      return ok({ organizations: [...accounts.organizations.values()].filter(belongs).map(describeOrganization) })
    },
    listProjects(context, { key }) {
      const orgId = context.request.query.org_id
      if ('organization' in key.owner) {
        if (key.owner.projectId !== undefined) throw beyond(key.owner)
      } else if (orgId === undefined) {
        throw new Refusal(400, 'org_id is required, you can find it on your organization settings page')
      }
      const projects = [...accounts.projects.values()]
        .filter((project) => accounts.reaches(key, project) && (orgId === undefined || project.orgId === orgId))
        .map((project) => ({ ...describeProject(project), active_time: 0 }))
      return ok({ projects, applications: {}, integrations: {} })
    },
    listSharedProjects: () => ok({ projects: [] }),
    getProject: (context, call) =>
      ok({ project: { ...describeProject(reachedProject(accounts, context, call)), ...PROJECT_DETAILS } }),
    ...branchOperations(accounts, branches),
  }
}

const EPOCH = '2026-01-01T00:00:00Z'

const PROJECT_DETAILS = {
  consumption_period_start: EPOCH,
  consumption_period_end: '2026-02-01T00:00:00Z',
  active_time_seconds: 0,
  compute_time_seconds: 0,
  written_data_bytes: 0,
  data_transfer_bytes: 0,
  data_storage_bytes_hour: 0,
  history_retention_seconds: 86_400,
}

function describeProject({ id, name, orgId, ownerId }: Project): object {
  return {
    id,
    name,
    owner_id: ownerId,
    ...(orgId !== undefined && { org_id: orgId }),
    platform_id: 'aws',
    region_id: 'aws-us-east-2',
    pg_version: 17,
    proxy_host: 'us-east-2.aws.neon.tech',
    branch_logical_size_limit: 512,
    branch_logical_size_limit_bytes: 536_870_912,
    provisioner: 'k8s-neonvm',
    store_passwords: true,
    cpu_used_sec: 0,
    creation_source: 'console',
    created_at: EPOCH,
    updated_at: EPOCH,
  }
}

function describeOrganization({ id, name }: Organization): object {
  return { id, name, handle: id, plan: 'scale', created_at: EPOCH, updated_at: EPOCH, managed_by: 'console' }
}
