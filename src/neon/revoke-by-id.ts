import { NeonRefused } from '../base/errors.ts'
import type { RevokedKey } from './answers.ts'
import type { NeonApi } from './client.ts'
import type { Scope } from './scope.ts'

/**
 * Revokes a key by its ID.
 *
 * Neon's 404 alone could also mean a wrong organization or a wrong account, so it is settled by the list. The name is
 * looked for as well: should the answer that brought the ID have been wrong about it, the key is there under another.
 *
 * @returns `undefined` when the key was gone already
 * @throws {NeonRefused | NeonUnreachable | GaveUp} when the key may still be alive
 */
export async function revokeById(
  neon: NeonApi,
  scope: Scope,
  { id, name }: { id: string; name: string },
): Promise<RevokedKey | undefined> {
  try {
    return await neon.revokeKey(scope, id)
  } catch (error) {
    if (!(error instanceof NeonRefused) || error.status !== 404) throw error
    const listed = await neon.listKeys(scope)
    if (listed.some((key) => key.id === id)) throw error
    const other = listed.find((key) => key.name === name)
    return other && (await neon.revokeKey(scope, other.id))
  }
}
