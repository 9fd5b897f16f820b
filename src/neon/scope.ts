/** Whose key it is and how far it reaches. */
export interface Scope {
  /** The organization that owns the key; absent: the key is a personal one. */
  orgId?: string
  /** The one project that the key may touch; only organizations have such keys. */
  projectId?: string
}

/** The pattern of organization and project IDs in Neon's OpenAPI document. */
export const NEON_ID = /^[a-z0-9-]{1,60}$/

/** The API path under which the keys of a scope are created, listed and revoked. */
export function keysPath(scope: Scope): string {
  return scope.orgId === undefined ? '/api_keys' : `/organizations/${encodeURIComponent(scope.orgId)}/api_keys`
}

/** The scope in words, for logs and errors. */
export function describeScope(scope: Scope): string {
  if (scope.projectId !== undefined) return `project ${scope.projectId} of organization ${scope.orgId}`
  return scope.orgId === undefined ? 'personal account' : `organization ${scope.orgId}`
}

/** Whether a key of this scope may revoke itself: project-scoped keys are refused every call on keys. */
export function canRevokeItself(scope: Scope): boolean {
  return scope.projectId === undefined
}
