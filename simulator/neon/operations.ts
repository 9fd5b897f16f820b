import type { Context } from 'openapi-backend'
import type { Accounts, Key, Organization, Project } from './accounts.ts'
import { beyond, type Example, type Handler, notFound, ok, parameter, Refusal } from './answers.ts'
import { branchOperations } from './branch-operations.ts'
import type { Branches } from './branches.ts'
import { int64 } from './int64.ts'
import type { OperationId } from './openapi.ts'

const created = ({ id, name, createdAt, createdBy }: Key): object => ({
  id: int64(id),
  name,
  created_at: createdAt,
  created_by: createdBy.id,
})
const scopeOf = ({ owner }: Key): object =>
  'organization' in owner && owner.projectId !== undefined ? { project_id: owner.projectId } : {}
const used = ({ lastUsedAt, lastUsedFrom }: Key): object => ({
  last_used_at: lastUsedAt,
  last_used_from_addr: lastUsedFrom,
})
const creator = ({ createdBy }: Key): object => ({ created_by: { id: createdBy.id, name: createdBy.name, image: '' } })

/**
 * What the simulated Neon does, by operation ID of its OpenAPI document.
 *
 * Rules that are missing there come from Neon's documentation (manage/api-keys, manage/orgs-api): an organization's
 * key may list and revoke keys but not create them; a project-scoped key has access to its project and to no call on
 * keys. The messages of refusals are Neon's own where they are known.
 */
export function operations(accounts: Accounts, branches: Branches, example: Example): Record<OperationId, Handler> {
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
  const projectOf = ({ id, name, orgId, ownerId }: Project) => ({
    ...example('getProject').project,
    id,
    name,
    owner_id: ownerId,
    ...(orgId !== undefined && { org_id: orgId }),
  })
  /** The raw digits: openapi-backend converts the one in its parameters to a number. */
  const keyId = ({ request }: Context): string => request.path.split('/').at(-1) ?? ''

  return {
    listApiKeys: (_context, key) =>
      ok(accounts.keysOf({ user: person(key) }).map((one) => ({ ...created(one), ...creator(one), ...used(one) }))),
    createApiKey(context, key) {
      const user = person(key)
      const fresh = accounts.createKey({ user }, context.request.requestBody.key_name, user)
      return ok({ ...created(fresh.key), key: fresh.token })
    },
    revokeApiKey(context, key) {
      const revoked = revoke(accounts.keysOf({ user: person(key) }), keyId(context))
      return ok({ ...created(revoked), ...used(revoked), revoked: true })
    },
    listOrgApiKeys(context, key) {
      const organization = enter(key, parameter(context, 'org_id'), 'admin')
      const keys = accounts.keysOf({ organization })
      return ok(keys.map((one) => ({ ...created(one), ...creator(one), ...used(one), ...scopeOf(one) })))
    },
    createOrgApiKey(context, key) {
      const organization = enter(key, parameter(context, 'org_id'), 'personal admin')
      const { key_name, project_id } = context.request.requestBody as { key_name: string; project_id?: string }
      if (project_id !== undefined && accounts.projects.get(project_id)?.orgId !== organization.id)
        throw notFound('project')
      const owner = { organization, ...(project_id !== undefined && { projectId: project_id }) }
      const fresh = accounts.createKey(owner, key_name, person(key))
      return ok({ ...created(fresh.key), ...scopeOf(fresh.key), key: fresh.token })
    },
    revokeOrgApiKey(context, key) {
      const organization = enter(key, parameter(context, 'org_id'), 'admin')
      const revoked = revoke(accounts.keysOf({ organization }), keyId(context))
      return ok({ ...created(revoked), ...used(revoked), ...scopeOf(revoked), revoked: true })
    },
    getAuthDetails: (_context, { owner }) =>
      ok(
        'user' in owner
          ? { account_id: owner.user.id, auth_method: 'api_key_user' }
          : { account_id: owner.organization.id, auth_method: 'api_key_org' },
      ),
    getCurrentUserInfo(_context, key) {
      const { id, name, email } = person(key)
      return ok({ ...example('getCurrentUserInfo'), id, name, email, login: email })
    },
    getCurrentUserOrganizations(_context, key) {
      const { owner } = key
      const belongs = (organization: Organization): boolean =>
        'user' in owner ? organization.members.has(owner.user.id) : organization === owner.organization
      const [model] = example('getCurrentUserOrganizations').organizations
      const organizations = [...accounts.organizations.values()].filter(belongs)
      return ok({ organizations: organizations.map(({ id, name }) => ({ ...model, id, name, handle: id })) })
    },
    listProjects(context, key) {
      const orgId = context.request.query.org_id
      if ('organization' in key.owner) {
        if (key.owner.projectId !== undefined) throw beyond(key.owner)
      } else if (orgId === undefined) {
        throw new Refusal(400, 'org_id is required, you can find it on your organization settings page')
      }
      const projects = [...accounts.projects.values()]
        .filter((project) => accounts.reaches(key, project) && (orgId === undefined || project.orgId === orgId))
        .map((project) => ({ ...projectOf(project), active_time: 0 }))
      return ok({ projects, applications: {}, integrations: {} })
    },
    listSharedProjects: () => ok({ projects: [] }),
    getProject: (context, key) => ok({ project: projectOf(accounts.reachable(key, parameter(context, 'project_id'))) }),
    ...branchOperations(accounts, branches, example),
  }
}
