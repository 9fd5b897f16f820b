/** Whose API key it is and how far it reaches. */
export type Scope =
  /** A key of the person who owns the `api_key`. */
  | { kind: 'personal' }
  | { kind: 'organization'; orgId: string }
  /** A key of an organization that reaches one project only. */
  | { kind: 'project'; orgId: string; projectId: string }

/** A project whose organization Neon has still to tell; see `resolve-scope.ts`. */
export interface UnresolvedProject {
  kind: 'unresolved project'
  projectId: string
}

/** A scope as the inputs state it. */
export type RequestedScope = Scope | UnresolvedProject

/** The pattern of organization and project IDs in Neon's OpenAPI document. */
export const NEON_ID = /^[a-z0-9-]{1,60}$/

/** The API path under which the keys of a scope are created, listed and revoked. */
export function keysPath(scope: Scope): string {
  return scope.kind === 'personal' ? '/api_keys' : `/organizations/${encodeURIComponent(scope.orgId)}/api_keys`
}

/** The scope in words, for logs and errors. */
export function describeScope(scope: RequestedScope): string {
  switch (scope.kind) {
    case 'personal':
      return 'personal account'
    case 'organization':
      return `organization ${scope.orgId}`
    case 'project':
      return `project ${scope.projectId} of organization ${scope.orgId}`
    case 'unresolved project':
      return `project ${scope.projectId}`
  }
}

/** Whether a key of this scope may revoke itself: Neon refuses project-scoped keys every call on API keys. */
export function canRevokeItself(scope: Scope): boolean {
  return scope.kind !== 'project'
}
