import type { RevokedKey } from './answers.ts'
import type { NeonApi } from './client.ts'
import { revokeById } from './revoke-by-id.ts'
import type { Scope } from './scope.ts'

/** A key that was found by its name and revoked. */
export interface RevokedByName extends RevokedKey {
  id: string
  name: string
}

/**
 * Lists the keys of a scope and revokes those with exactly these names: keys that a lost answer may have left behind.
 *
 * @throws {NeonRefused | NeonUnreachable | GaveUp} when that cannot be made sure of
 */
export async function revokeByName(neon: NeonApi, scope: Scope, names: readonly string[]): Promise<RevokedByName[]> {
  const revoked: RevokedByName[] = []
  for (const { id, name } of await neon.listKeys(scope)) {
    if (!names.includes(name)) continue
    const key = await revokeById(neon, scope, { id, name })
    revoked.push({ id, name, lastUsedAt: key?.lastUsedAt, lastUsedFrom: key?.lastUsedFrom })
  }
  return revoked
}
