import { NeonRefused } from '../base/errors.ts'
import { describeScope, type RequestedScope, type UnresolvedProject } from './scope.ts'

/** What the step asks Neon for in the end; looking up a project's organization is on the way to either. */
export type Purpose = 'create' | 'list'

/** What Neon refused. */
export interface Attempted {
  purpose: Purpose
  scope: RequestedScope
}

/** Whether the kind of the `api_key` decides what to advise: every key that may list is the right one to list with. */
export function dependsOnAuthMethod(refused: NeonRefused, { purpose, scope }: Attempted): boolean {
  return purpose === 'create' && isOutOfReach(refused, scope)
}

/**
 * Turns Neon's refusal into an error that says what to do next.
 *
 * @param authMethod `auth_method` of `GET /auth`, where it was asked
 */
export function explainRefusal(refused: NeonRefused, attempted: Attempted, authMethod?: string): NeonRefused {
  const advice = adviseOn(refused, attempted, authMethod)
  return new NeonRefused(advice === '' ? refused.message : `${advice} ${refused.message}`, refused.status)
}

/** An organization or a project that does not exist, or that this key does not reach. */
function isOutOfReach({ status }: NeonRefused, scope: RequestedScope): boolean {
  return (status === 403 || status === 404) && scope.kind !== 'personal'
}

function adviseOn(refused: NeonRefused, { purpose, scope }: Attempted, authMethod: string | undefined): string {
  if (refused.status === 401) {
    return 'Neon rejected the key in the api_key input: the secret may hold a key that was revoked or mistyped. Store a valid key in it.'
  }
  if (!isOutOfReach(refused, scope)) return ''
  return purpose === 'create' ? adviseCreator(scope, authMethod) : adviseLister(scope)
}

function adviseLister(scope: RequestedScope): string {
  if (scope.kind === 'unresolved project') return `${projectNotFound(scope)}.`
  return `The keys of the ${describeScope(scope)} are not visible to the api_key: check org_id. Listing takes the organization's own API key or the personal key of one of its admins.`
}

function adviseCreator(scope: RequestedScope, authMethod: string | undefined): string {
  if (authMethod === 'api_key_org') {
    return "The api_key input holds an organization's API key, which can list and revoke keys but not create them: creating takes the personal API key of an admin of the organization. Store such a key in the secret."
  }
  if (scope.kind === 'unresolved project') {
    return `${projectNotFound(scope)}. Creating a key for it takes the personal API key of an admin of its organization.`
  }
  const where = scope.kind === 'project' ? 'org_id and project_id' : 'org_id'
  return `The ${describeScope(scope)} was not found, or the owner of the api_key is not an admin there: check ${where}. Creating the key takes the personal API key of an admin of the organization.`
}

function projectNotFound({ projectId }: UnresolvedProject): string {
  return `The project ${projectId} was not found with this key: check project_id, and that the owner of the api_key can see the project`
}
