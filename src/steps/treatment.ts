import type { OwnKey } from './own-keys.ts'
import type { Kept } from './verdicts.ts'

/** What happened to a key, and why. */
export interface Treatment {
  key: OwnKey
  /** The name of the repository that the key was made in, where it is known. */
  repository: string | undefined
  kind: 'revoked' | 'failed' | Kept
  reason: string
}

/** A number of keys in words. */
export function countKeys(count: number): string {
  return count === 1 ? '1 key' : `${count} keys`
}

/** How many keys were treated alike for the same reason. */
export function countReasons(treatments: readonly Treatment[]): [reason: string, count: number][] {
  const counts = new Map<string, number>()
  for (const { reason } of treatments) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)
}
