import { InputError, NeonRefused } from '../base/errors.ts'
import type { NeonApi } from './client.ts'
import { dependsOnAuthMethod, explainRefusal, type Purpose } from './refusals.ts'
import type { Scope } from './scope.ts'

/**
 * Only an organization has project-scoped keys, so a project alone stands for its organization's: asks Neon which.
 *
 * @throws {NeonRefused} explained
 * @throws {InputError} for a project of no organization
 */
export async function resolveScope(neon: NeonApi, scope: Scope, purpose: Purpose): Promise<Scope> {
  const { orgId, projectId } = scope
  if (projectId === undefined || orgId !== undefined) return scope
  const found = await explained(purpose, scope, neon, () => neon.getProjectOrganization(projectId))
  if (found === '') {
    throw new InputError(
      `The project ${projectId} belongs to no organization, and only organizations have API keys for a single project. Leave project_id out to get a personal key, or move the project to an organization.`,
    )
  }
  return { orgId: found, projectId }
}

/** Asks Neon, and gives the error with advice where it refuses. */
export async function explained<T>(purpose: Purpose, scope: Scope, neon: NeonApi, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw await explain(error as Error, purpose, scope, neon)
  }
}

/** An error with advice. Costs a request only where the kind of the key decides what to advise. */
export async function explain(error: Error, purpose: Purpose, scope: Scope, neon: NeonApi): Promise<Error> {
  if (!(error instanceof NeonRefused)) return error
  const authMethod = dependsOnAuthMethod(error, purpose, scope)
    ? await neon.getAuthMethod().catch(() => undefined)
    : undefined
  return explainRefusal(error, purpose, scope, authMethod)
}
