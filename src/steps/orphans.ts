import type { KeyName } from '../github/key-name.ts'
import type { RunState } from '../github/runs.ts'
import type { ListedKey } from '../neon/answers.ts'

/** A key that this action made for a job of this repository. */
export interface OwnKey extends ListedKey {
  parsed: KeyName
}

/** What is to become of a key, and why. */
export interface Verdict {
  key: OwnKey
  revoke: boolean
  reason: string
  /** Whether the next sweep has to look into it. */
  postponed: boolean
  /** Whether it was kept only because GitHub could not tell. */
  unsure: boolean
}

/** Which keys are this repository's, on this server. */
export interface Home {
  server: string
  repositoryId: string
}

/** The run that the sweep itself is part of: its keys are in use. */
export interface SweepRun {
  runId: string
}

/** Which of all listed keys are this repository's, the oldest first; everything else is never touched. */
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

/**
 * Decides about one key. In doubt it stays, unless it is older than any run can be.
 *
 * @param ageHours of the key; not a number where Neon's date cannot be read
 * @param maxAgeHours from which on a key goes even where GitHub cannot tell
 */
export function judge(key: OwnKey, run: RunState, own: SweepRun, ageHours: number, maxAgeHours: number): Verdict {
  const verdict = (revoke: boolean, reason: string): Verdict => ({
    key,
    revoke,
    reason,
    postponed: run.kind === 'postponed' && !revoke,
    unsure: run.kind === 'unknown' && !revoke,
  })
  const { runId, runAttempt } = key.parsed
  if (runId === own.runId) return verdict(false, "the sweep's own run")
  switch (run.kind) {
    case 'completed':
      return verdict(true, 'its run has completed')
    case 'deleted':
      return verdict(true, 'its run was deleted')
    case 'active':
      if (run.attempt !== undefined && Number(runAttempt) < run.attempt) {
        return verdict(true, `attempt ${runAttempt} is over, attempt ${run.attempt} is ${run.status}`)
      }
      return verdict(false, `its run is ${run.status}`)
    case 'unknown':
    case 'postponed':
      if (ageHours > maxAgeHours) return verdict(true, `older than ${maxAgeHours} hours, and ${run.why}`)
      return verdict(false, run.why)
  }
}
