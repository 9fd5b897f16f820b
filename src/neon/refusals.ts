import { NeonRefused } from '../base/errors.ts'
import { describeScope, type RequestedScope, type UnresolvedProject } from './scope.ts'

/** The purpose of the step's requests; looking up a project's organization is part of either. */
export type Purpose = 'create' | 'list'

/** What Neon refused. */
export interface Attempted {
  purpose: Purpose
  scope: RequestedScope
}

/** Parts of Neon's 404 messages that others have reported; Neon's documentation does not contain them. */
export const PROJECT_SCOPED = 'outside the project this key is scoped to'
export const ORGANIZATION_KEY = 'not allowed for organization API keys'
const NO_MEMBER = 'not an organization member'

/** Whether the advice depends on the kind of the `api_key`: for listing, it does not. */
export function dependsOnAuthMethod(refused: NeonRefused, { purpose, scope }: Attempted): boolean {
  return purpose === 'create' && isInaccessible(refused, scope) && kindOfKey(refused) === undefined
}

/**
 * Turns Neon's refusal into an error that says what to do next.
 *
 * @param authMethod `auth_method` of `GET /auth`, if it was requested
 */
export function explainRefusal(refused: NeonRefused, attempted: Attempted, authMethod?: string): NeonRefused {
  const advice = adviseOn(refused, attempted, authMethod)
  return new NeonRefused(
    advice === '' ? refused.message : `${advice} ${refused.message}`,
    refused.status,
    refused.reason,
  )
}

const isMissingOrForbidden = ({ status }: NeonRefused): boolean => status === 403 || status === 404

/** Whether Neon says that the organization or project does not exist, or that this key has no access to it. */
function isInaccessible(refused: NeonRefused, scope: RequestedScope): boolean {
  return isMissingOrForbidden(refused) && refused.reason !== undefined && scope.kind !== 'personal'
}

/** The kind of the `api_key`, from Neon's refusal. */
function kindOfKey({ reason = '' }: NeonRefused): 'project-scoped' | 'organization' | undefined {
  if (reason.includes(PROJECT_SCOPED)) return 'project-scoped'
  return reason.includes(ORGANIZATION_KEY) ? 'organization' : undefined
}

function adviseOn(refused: NeonRefused, { purpose, scope }: Attempted, authMethod: string | undefined): string {
  if (refused.status === 401) {
    return 'Neon rejected the key in the api_key input: the key in the secret may be revoked or mistyped. Store a valid key in it.'
  }
  if (isMissingOrForbidden(refused) && refused.reason === undefined) {
    return "The answer did not come from Neon but from a proxy or a firewall, or api_host is not the address of Neon's API: check api_host (Neon's ends in /api/v2), and the proxy."
  }
  const kind = kindOfKey(refused)
  if (kind === 'project-scoped') {
    return `The api_key input contains a project-scoped API key, which has access to one project and cannot ${purpose} keys. Store ${rightKey(purpose, scope)} in the secret.`
  }
  if (kind === 'organization' || (authMethod === 'api_key_org' && isInaccessible(refused, scope))) {
    if (purpose === 'create') {
      return "The api_key input contains an organization's API key, which can list and revoke keys but not create them: creating requires the personal API key of an admin of the organization. Store such a key in the secret."
    }
    return "The api_key input contains an organization's API key, which cannot list personal keys: set org_id, or store a personal API key of the account whose keys you want to sweep."
  }
  if (!isInaccessible(refused, scope)) return ''
  if (purpose === 'list') return adviseLister(scope)
  return refused.reason?.includes(NO_MEMBER) ? adviseOutsider(scope) : adviseCreator(scope)
}

function rightKey(purpose: Purpose, scope: RequestedScope): string {
  if (scope.kind === 'personal') return 'a personal API key'
  const personal = 'the personal API key of an admin of the organization'
  return purpose === 'create' ? personal : `the organization's own API key or ${personal}`
}

function adviseLister(scope: RequestedScope): string {
  if (scope.kind === 'unresolved project') return `${projectNotFound(scope)}.`
  return `The keys of the ${describeScope(scope)} are not visible to the api_key: check org_id. Listing requires the organization's own API key or the personal key of one of its admins.`
}

function adviseOutsider(scope: RequestedScope): string {
  return `The owner of the api_key is not a member of the organization, or has left it, so no key can be created for the ${describeScope(scope)}: check org_id, or store ${rightKey('create', scope)} in the secret.`
}

function adviseCreator(scope: RequestedScope): string {
  if (scope.kind === 'unresolved project') {
    return `${projectNotFound(scope)}. Creating a key for it requires the personal API key of an admin of its organization.`
  }
  const where = scope.kind === 'project' ? 'org_id and project_id' : 'org_id'
  return `The ${describeScope(scope)} was not found, or the owner of the api_key is not an admin there: check ${where}. Creating the key requires the personal API key of an admin of the organization.`
}

function projectNotFound({ projectId }: UnresolvedProject): string {
  return `The project ${projectId} was not found with this key: check project_id, and that the owner of the api_key can see the project`
}
