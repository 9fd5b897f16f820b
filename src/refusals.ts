import { NeonRefused } from './errors.ts'
import { describeScope, type Scope } from './scope.ts'

/** What Neon was asked for when it refused. */
export type Asked = 'look up the project' | 'create the key' | 'list the keys'

/** Refusals of which only the kind of the `api_key` tells whether it is the wrong one. */
export function dependsOnAuthMethod(refused: NeonRefused, scope: Scope): boolean {
  return (refused.status === 403 || refused.status === 404) && (scope.orgId ?? scope.projectId) !== undefined
}

/**
 * Turns Neon's refusal into an error that says what to do next.
 *
 * @param authMethod `auth_method` of `GET /auth`, where it was asked
 */
export function explainRefusal(refused: NeonRefused, asked: Asked, scope: Scope, authMethod?: string): NeonRefused {
  const advice = adviseOn(refused, asked, scope, authMethod)
  return new NeonRefused(advice === '' ? refused.message : `${advice} ${refused.message}`, refused.status)
}

function adviseOn(refused: NeonRefused, asked: Asked, scope: Scope, authMethod: string | undefined): string {
  if (refused.status === 401) {
    return 'Neon rejected the key in the api_key input: the secret may hold a key that was revoked or mistyped. Store a valid key in it.'
  }
  if (!dependsOnAuthMethod(refused, scope)) return ''
  if (asked === 'list the keys') {
    return `The keys of the ${describeScope(scope)} are not visible to the api_key: check org_id. Listing takes the organization's own API key or the personal key of one of its admins.`
  }
  if (authMethod === 'api_key_org') {
    return "The api_key input holds an organization's API key, which can list and revoke keys but not create them: creating takes the personal API key of an admin of the organization. Store such a key in the secret."
  }
  if (asked === 'look up the project') {
    return `The project ${scope.projectId} was not found with this key: check project_id, and that the owner of the api_key can see the project. Creating a key for it takes the personal API key of an admin of its organization.`
  }
  const where = scope.projectId === undefined ? 'org_id' : 'org_id and project_id'
  return `The ${describeScope(scope)} was not found, or the owner of the api_key is not an admin there: check ${where}. Creating the key takes the personal API key of an admin of the organization.`
}
