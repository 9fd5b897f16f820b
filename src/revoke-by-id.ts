import { NeonRefused } from './errors.ts'
import type { NeonApi, RevokedKey } from './neon-api.ts'
import type { Scope } from './scope.ts'

/**
 * Revokes a key by its ID.
 *
 * @returns `undefined` when the key was gone already: Neon's 404 alone could also mean a wrong organization or a
 *   wrong account, so it counts only once the list, too, is without the key
 * @throws {NeonRefused | NeonUnreachable | GaveUp} when the key may still be alive
 */
export async function revokeById(neon: NeonApi, scope: Scope, id: string): Promise<RevokedKey | undefined> {
  try {
    return await neon.revokeKey(scope, id)
  } catch (error) {
    if (!(error instanceof NeonRefused) || error.status !== 404) throw error
    const listed = await neon.listKeys(scope)
    if (listed.some((key) => key.id === id)) throw error
    return undefined
  }
}
