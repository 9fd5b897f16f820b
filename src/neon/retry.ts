import type { Clock, Deadline } from '../base/clock.ts'
import { GaveUp, InvalidAnswer, RateLimited } from '../base/errors.ts'
import type { Outcome } from './outcome.ts'

/** Milliseconds; the maximum of the first wait. It doubles with each further wait. */
const BASE_WAIT = 500

/** Milliseconds; the maximum of a wait that Neon did not ask for. */
const LONGEST_WAIT = 10_000

/** Milliseconds between two attempts after a rate limit, see {@link waitBefore}; chosen with `npm run bench:load`. */
const RATE_LIMIT_INTERVAL = 5_000

/** Milliseconds; an attempt with less time would only report a timeout and hide the cause. */
const SHORTEST_ATTEMPT = 1_000

/** What is known about the wait before the next attempt. */
export interface WaitHint {
  /** Milliseconds that Neon asks for with `Retry-After`. */
  retryAfter?: number | undefined
  /** Whether a rate limit rejected the attempt. */
  limited?: boolean
}

/**
 * How long to wait before the next attempt. A wait that Neon asks for (`Retry-After`) is never shortened.
 *
 * Failures (no connection, 503, …) wait exponentially with full jitter.
 *
 * A rate limit (429) is a queue, not a failure: the jobs of a matrix all start at once. Each job waits a random time within
 * a few seconds, and then retries at a fixed interval. So the jobs stay evenly spread, no job falls behind by backing off,
 * and requests are served at the full rate until all are done. `npm run bench:load` compares this with exponential waits.
 *
 * @param attempt 0 for the first wait
 * @returns milliseconds
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function waitBefore(
  attempt: number,
  { retryAfter = 0, limited = false }: WaitHint,
  random: () => number,
): number {
  if (limited)
    return attempt === 0 ? retryAfter + random() * RATE_LIMIT_INTERVAL : Math.max(retryAfter, RATE_LIMIT_INTERVAL)
  return retryAfter + random() * Math.min(LONGEST_WAIT, BASE_WAIT * 2 ** attempt)
}

/** What waiting needs. */
export interface Waiting {
  clock: Clock
  deadline: Deadline
  /** Uniform in [0, 1). */
  random: () => number
  /** Aborts when the job is cancelled; this ends any wait. */
  cancelled: AbortSignal
  /** Called before each wait, so that the log explains it. */
  onWait: (message: string) => void
}

/** Waits between attempts, until the step's deadline. */
export class Retrier {
  readonly #waiting: Waiting

  constructor(waiting: Waiting) {
    this.#waiting = waiting
  }

  /**
   * Waits for the time of {@link waitBefore}, unless the deadline leaves no time for another attempt after it.
   *
   * @param why how the attempt ended, for the log or the error
   * @param attempt 0 for the first wait
   * @throws {GaveUp} if the deadline leaves no time for another attempt; {@link RateLimited} after a 429
   * @throws {Cancelled} as soon as the job is cancelled
   */
  async waitOrGiveUp(why: string, attempt: number, hint: WaitHint = {}): Promise<void> {
    const { clock, deadline, random, cancelled, onWait } = this.#waiting
    const wait = waitBefore(attempt, hint, random)
    if (wait + SHORTEST_ATTEMPT > deadline.remaining()) {
      const asked =
        hint.retryAfter === undefined ? '' : `, and Neon asks to wait ${Math.ceil(hint.retryAfter / 1000)} s`
      const Failure = hint.limited ? RateLimited : GaveUp
      throw new Failure(
        `${why}. Gave up: this step is limited to ${deadline.seconds} s${asked}. See https://neonstatus.com, and check whether this runner can reach Neon.`,
      )
    }
    onWait(`${why}. Trying again in ${(wait / 1000).toFixed(1)} s.`)
    await clock.sleep(wait, cancelled)
  }

  /**
   * Repeats a request until Neon has answered. The request must be safe to carry out twice (list, look up, revoke by ID).
   *
   * @throws {NeonRefused | NeonUnreachable} if a retry would not help
   * @throws {InvalidAnswer} at the second invalid answer in a row
   * @throws {GaveUp} if the deadline leaves no time for another attempt
   */
  async retry<T>(send: () => Promise<Outcome<T>>): Promise<T> {
    let invalid = false
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await send()
      if (outcome.kind === 'done') return outcome.value
      if (outcome.kind === 'refused') throw outcome.error
      const again = invalid && outcome.kind === 'maybe' && outcome.invalid
      if (again) throw invalidAnswer(outcome.why)
      invalid = outcome.kind === 'maybe' && outcome.invalid
      await this.waitOrGiveUp(outcome.why, attempt, outcome.kind === 'again' ? outcome : {})
    }
  }
}

/** The error for a second invalid answer in a row. */
export function invalidAnswer(why: string): InvalidAnswer {
  return new InvalidAnswer(
    `${why}, for the second time. The answers may not come from Neon: check api_host, and whether a proxy or a sign-in page is between this runner and Neon.`,
  )
}
