import type { Clock, Deadline } from './clock.ts'
import { GaveUp } from './errors.ts'
import type { Outcome } from './outcome.ts'

/** Milliseconds; the first wait is anything up to this, each further one up to twice the one before. */
const BASE_WAIT = 500

/** Milliseconds; no wait that Neon did not ask for is longer. */
const LONGEST_WAIT = 10_000

/** What repeating needs of the world. */
export interface Patience {
  clock: Clock
  deadline: Deadline
  /** Uniform in [0, 1). */
  random: () => number
  /** Aborts when the runner wants the step to end: no more waiting. */
  cancelled: AbortSignal
  /** Told before each wait, so that the log says why it takes so long. */
  onWait: (message: string) => void
}

/**
 * How long to wait before the next attempt: exponential with full jitter, so that a matrix that was refused at once
 * does not come back at once. What Neon asks for (`Retry-After`) is waited in full, the jitter after it.
 *
 * @param attempt 0 for the first wait
 * @param retryAfter milliseconds
 * @returns milliseconds
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function waitBefore(attempt: number, retryAfter: number | undefined, random: () => number): number {
  const ceiling = Math.min(LONGEST_WAIT, BASE_WAIT * 2 ** attempt)
  return (retryAfter ?? 0) + random() * ceiling
}

/** Waits, unless that would outlast the deadline. */
export async function waitOrGiveUp(why: string, wait: number, patience: Patience): Promise<void> {
  const { clock, deadline, cancelled, onWait } = patience
  if (wait >= deadline.remaining()) {
    throw new GaveUp(`${why}. Gave up: this step may take ${deadline.seconds} s.`)
  }
  onWait(`${why}. Trying again in ${(wait / 1000).toFixed(1)} s.`)
  await clock.sleep(wait, cancelled)
}

/**
 * Repeats a request that does no harm when it is done twice (list, look up, revoke by ID) until Neon has answered.
 *
 * @throws {NeonRefused | NeonUnreachable} when asking again would not help
 * @throws {GaveUp} when the deadline leaves no time for another attempt
 */
export async function persist<T>(send: () => Promise<Outcome<T>>, patience: Patience): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await send()
    if (outcome.kind === 'done') return outcome.value
    if (outcome.kind === 'refused') throw outcome.error
    const retryAfter = outcome.kind === 'again' ? outcome.retryAfter : undefined
    await waitOrGiveUp(outcome.why, waitBefore(attempt, retryAfter, patience.random), patience)
  }
}
