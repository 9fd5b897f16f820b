import { type KeyName, parseKeyName } from '../github/key-name.ts'
import type { ListedKey } from '../neon/answers.ts'

/** A key that this action created. */
export interface OwnKey extends ListedKey {
  parsed: KeyName
}

/** Where keys were created. */
export interface Origin {
  server: string
  /** `undefined`: every repository of the server. */
  repositoryId: string | undefined
}

/** Selects the listed keys that this action created there, oldest first; the sweep never touches any other key. */
export function ownKeys(listed: readonly ListedKey[], { server, repositoryId }: Origin): OwnKey[] {
  return listed
    .flatMap((key) => {
      const parsed = parseKeyName(key.name)
      const ours = parsed?.server === server && (repositoryId ?? parsed.repositoryId) === parsed.repositoryId
      return ours ? [{ ...key, parsed }] : []
    })
    .sort((a, b) => (Date.parse(a.createdAt) || 0) - (Date.parse(b.createdAt) || 0))
}
