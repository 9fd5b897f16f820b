import type { OwnKey } from './own-keys.ts'
import type { Kept } from './verdicts.ts'

/** What happened to a key, and why. */
export interface KeyResult {
  key: OwnKey
  /** The name of the key's repository, if it is known. */
  repository: string | undefined
  kind: 'revoked' | 'failed' | Kept
  reason: string
}

/** A number of keys as text. */
export function countKeys(count: number): string {
  return count === 1 ? '1 key' : `${count} keys`
}

/** Counts the keys for each reason. */
export function countReasons(results: readonly KeyResult[]): [reason: string, count: number][] {
  const counts = new Map<string, number>()
  for (const { reason } of results) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)
}
