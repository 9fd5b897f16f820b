import type { KeyName } from '../github/key-name.ts'
import type { RunState } from '../github/runs.ts'
import type { ListedKey } from '../neon/answers.ts'

/** A key that this action created for a job of this repository. */
export interface OwnKey extends ListedKey {
  parsed: KeyName
}

/** What is known about the run of a key. */
export type KeyRun =
  | RunState
  /** The run that the sweep itself is part of: its keys are in use. */
  | { kind: 'own' }

/** Why a key is kept. */
export type Kept =
  /** It is in use. */
  | 'kept'
  /** GitHub could not tell. */
  | 'unsure'
  /** The next sweep has to look into it. */
  | 'postponed'

/** What to do about a key, and why. */
export interface Verdict {
  kind: 'revoke' | Kept
  reason: string
}

/** Which keys are this repository's, on this server. */
export interface Home {
  server: string
  repositoryId: string
}

/** The keys of this repository among all that are listed, the oldest first; no other key is ever touched. */
export function ownKeys(
  listed: readonly ListedKey[],
  home: Home,
  parse: (name: string) => KeyName | undefined,
): OwnKey[] {
  return listed
    .flatMap((key) => {
      const parsed = parse(key.name)
      const ours = parsed?.server === home.server && parsed.repositoryId === home.repositoryId
      return ours ? [{ ...key, parsed }] : []
    })
    .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))
}

/** The age of a key, and from which age on it is revoked even where GitHub cannot tell. Hours. */
export interface Age {
  /** Not a number where Neon's date cannot be read. */
  hours: number
  maxHours: number
}

/** Decides about one key. In doubt it is kept, unless it is older than any run can be. */
export function judge({ parsed: { runAttempt } }: OwnKey, run: KeyRun, { hours, maxHours }: Age): Verdict {
  switch (run.kind) {
    case 'own':
      return { kind: 'kept', reason: "the sweep's own run" }
    case 'completed':
      return { kind: 'revoke', reason: 'its run has completed' }
    case 'deleted':
      return { kind: 'revoke', reason: 'its run was deleted' }
    case 'active':
      if (run.attempt !== undefined && Number(runAttempt) < run.attempt) {
        return { kind: 'revoke', reason: `attempt ${runAttempt} is over, attempt ${run.attempt} is ${run.status}` }
      }
      return { kind: 'kept', reason: `its run is ${run.status}` }
    case 'unknown':
    case 'postponed':
      if (hours > maxHours) return { kind: 'revoke', reason: `older than ${maxHours} hours, and ${run.why}` }
      return { kind: run.kind === 'unknown' ? 'unsure' : 'postponed', reason: run.why }
  }
}
