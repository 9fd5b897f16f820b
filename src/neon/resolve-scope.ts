import { InputError, NeonRefused } from '../base/errors.ts'
import type { ListedKey } from './answers.ts'
import type { Neon } from './client.ts'
import { type Attempted, dependsOnAuthMethod, explainRefusal, type Purpose } from './refusals.ts'
import type { RequestedScope, Scope } from './scope.ts'

/**
 * Looks up the organization of a project, since only organizations have project-scoped keys.
 *
 * @throws {NeonRefused} with advice
 * @throws {InputError} for a project of no organization
 */
export async function resolveScope(neon: Neon, scope: RequestedScope, purpose: Purpose): Promise<Scope> {
  if (scope.kind !== 'unresolved project') return scope
  const { projectId } = scope
  const orgId = await neon.organizationOf(projectId).catch(async (error) => {
    throw await explain(error, neon, { purpose, scope })
  })
  if (orgId === '') {
    throw new InputError(
      `The project ${projectId} belongs to no organization, and only organizations have API keys for a single project. Omit project_id to get a personal key, or move the project to an organization.`,
    )
  }
  return { kind: 'project', orgId, projectId }
}

/**
 * Lists the API keys of a scope.
 *
 * @throws {NeonRefused} with advice
 */
export function listExplained(neon: Neon, scope: Scope): Promise<ListedKey[]> {
  return neon
    .keysOf(scope)
    .list()
    .catch(async (error) => {
      throw await explain(error, neon, { purpose: 'list', scope })
    })
}

/** Adds advice to an error. Sends a request only if the advice depends on the kind of the key. */
export async function explain(error: Error, neon: Neon, attempted: Attempted): Promise<Error> {
  if (!(error instanceof NeonRefused)) return error
  const authMethod = dependsOnAuthMethod(error, attempted) ? await neon.authMethod() : undefined
  return explainRefusal(error, attempted, authMethod)
}
