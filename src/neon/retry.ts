import type { Clock, Deadline } from '../base/clock.ts'
import { GaveUp } from '../base/errors.ts'
import type { Outcome } from './outcome.ts'

/** Milliseconds; the first wait is anything up to this, each further one up to twice the one before. */
const BASE_WAIT = 500

/** Milliseconds; no wait that Neon did not ask for is longer. */
const LONGEST_WAIT = 10_000

/** Milliseconds between two attempts past a rate limit, see {@link waitBefore}; chosen by `npm run bench:load`. */
const PLACE_IN_LINE = 5_000

/** Milliseconds; an attempt with less time than this says nothing but that the time was up, and hides what was wrong. */
const SHORTEST_ATTEMPT = 1_000

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

/** What an attempt says of the wait before the next one. */
export interface Refusal {
  /** Milliseconds that Neon asks for by `Retry-After`. */
  retryAfter?: number | undefined
  /** Whether it was a rate limit that refused. */
  limited?: boolean
}

/**
 * How long to wait before the next attempt. What Neon asks for (`Retry-After`) is waited in any case.
 *
 * Trouble (no connection, 503, …) calls for exponential waits with full jitter.
 *
 * A rate limit (429) is no trouble but a queue: a matrix whose jobs all started at once. There each job draws a place
 * within a few seconds once, and comes back at the same beat from then on. So the jobs stay spread evenly, none falls
 * ever further behind by backing off, and the queue is served at the full rate until it is empty; `npm run bench:load`
 * measures it against exponential waits.
 *
 * @param attempt 0 for the first wait
 * @returns milliseconds
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function waitBefore(
  attempt: number,
  { retryAfter = 0, limited = false }: Refusal,
  random: () => number,
): number {
  if (limited) return attempt === 0 ? retryAfter + random() * PLACE_IN_LINE : Math.max(retryAfter, PLACE_IN_LINE)
  return retryAfter + random() * Math.min(LONGEST_WAIT, BASE_WAIT * 2 ** attempt)
}

/**
 * Waits as {@link waitBefore} says, unless the deadline would come before another attempt could be answered.
 *
 * @param why what the attempt came to, for the log or the error
 * @throws {GaveUp} when the deadline leaves no time for another attempt
 * @throws {Cancelled} as soon as the job is cancelled
 */
export async function waitOrGiveUp(why: string, attempt: number, refusal: Refusal, patience: Patience): Promise<void> {
  const { clock, deadline, random, cancelled, onWait } = patience
  const wait = waitBefore(attempt, refusal, random)
  if (wait + SHORTEST_ATTEMPT > deadline.remaining()) {
    throw new GaveUp(
      `${why}. Gave up: this step may take ${deadline.seconds} s. See https://neonstatus.com, and whether this runner can reach Neon.`,
    )
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
    const refusal = outcome.kind === 'again' ? outcome : {}
    await waitOrGiveUp(outcome.why, attempt, refusal, patience)
  }
}
