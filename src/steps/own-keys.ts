import { type KeyName, parseKeyName } from '../github/key-name.ts'
import type { ListedKey } from '../neon/answers.ts'

/** A key that this action created. */
export interface OwnKey extends ListedKey {
  parsed: KeyName
}

/** Whose keys are in question. */
export interface Home {
  server: string
  /** `undefined`: every repository of the server. */
  repositoryId: string | undefined
}

/** The keys that this action created there, among all that are listed, the oldest first; no other key is ever touched. */
export function ownKeys(listed: readonly ListedKey[], { server, repositoryId }: Home): OwnKey[] {
  return listed
    .flatMap((key) => {
      const parsed = parseKeyName(key.name)
      const ours = parsed?.server === server && (repositoryId ?? parsed.repositoryId) === parsed.repositoryId
      return ours ? [{ ...key, parsed }] : []
    })
    .sort((a, b) => (Date.parse(a.createdAt) || 0) - (Date.parse(b.createdAt) || 0))
}
