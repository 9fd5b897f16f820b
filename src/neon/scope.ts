/** The owner of an API key, and what it has access to. */
export type Scope =
  /** A key of the person who owns the `api_key`. */
  | { kind: 'personal' }
  | { kind: 'organization'; orgId: string }
  /** A key of an organization that is limited to one project. */
  | { kind: 'project'; orgId: string; projectId: string }

/** A project whose organization is not known yet; see `resolve-scope.ts`. */
export interface UnresolvedProject {
  kind: 'unresolved project'
  projectId: string
}

/** A scope from the inputs. */
export type RequestedScope = Scope | UnresolvedProject

/** The pattern of organization and project IDs in Neon's OpenAPI document. */
export const NEON_ID = /^[a-z0-9-]{1,60}$/

/** The API path under which the keys of a scope are created, listed and revoked. */
export function keysPath(scope: Scope): string {
  return scope.kind === 'personal' ? '/api_keys' : `/organizations/${encodeURIComponent(scope.orgId)}/api_keys`
}

/** The scope as text, for logs and errors. */
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

/** Whether a key of this scope can revoke itself: Neon refuses all calls about API keys from project-scoped keys. */
export function canRevokeItself(scope: Scope): boolean {
  return scope.kind !== 'project'
}
