import { RunnerError } from '../base/errors.ts'
import type { Runner } from '../github/runner.ts'
import type { Scope } from '../neon/scope.ts'
import type { OnRevokeFailure } from './inputs.ts'

// What main tells post. The runner keeps these files on disk until the job ends, readable by every later step, and
// prints them in debug logs: the long-lived key must never be here, the fresh key only once it is masked.

/** What main is about to do; saved before the request leaves, so that post can undo even what main never saw. */
export interface Intent {
  apiHost: string
  scope: Scope
  onRevokeFailure: OnRevokeFailure
  /** Tells post whether it was handed the same long-lived key; see {@link checkOf}. */
  apiKeyCheck: string
  /** Names under which a key exists or may exist. Empty once Neon has refused for certain. */
  names: string[]
}

/** The key that main created. */
export interface SavedKey {
  /** Decimal digits of an int64; a JavaScript number would lose some. */
  id: string
  name: string
  /** The key itself, only where it is able to revoke itself should the long-lived one be rejected. */
  key?: string
}

/** Everything that post knows. */
export interface State {
  intent: Intent
  created: SavedKey | undefined
}

/** Saves what main is about to do; the last one saved counts. */
export function saveIntent(runner: Runner, intent: Intent): void {
  runner.saveState('intent', JSON.stringify(intent))
}

/** Saves the key that exists for certain. */
export function saveCreatedKey(runner: Runner, created: SavedKey): void {
  runner.saveState('created', JSON.stringify(created))
}

/**
 * Reads what main saved.
 *
 * @returns `undefined` when main never came as far as sending a request
 * @throws {RunnerError} when the state is not what main saved
 */
export function readState(runner: Runner): State | undefined {
  const intent = runner.state('intent')
  const created = runner.state('created')
  if (intent === '' && created === '') return undefined
  try {
    return { intent: JSON.parse(intent), created: created === '' ? undefined : JSON.parse(created) }
  } catch (cause) {
    throw new RunnerError('The state that the main step saved cannot be read.', { cause })
  }
}
