import type { Clock, Deadline } from '../base/clock.ts'
import { GaveUp, InvalidAnswer, RateLimited } from '../base/errors.ts'
import type { Outcome } from './outcome.ts'

/** Milliseconds; the first wait is anything up to this, each further one up to twice the one before. */
const BASE_WAIT = 500

/** Milliseconds; no wait that Neon did not ask for is longer. */
const LONGEST_WAIT = 10_000

/** Milliseconds between two attempts past a rate limit, see {@link waitBefore}; chosen by `npm run bench:load`. */
const PLACE_IN_LINE = 5_000

/** Milliseconds; an attempt with less time than this reports only that the time was up, and hides what was wrong. */
const SHORTEST_ATTEMPT = 1_000

/** What an attempt says about the wait before the next one. */
export interface WaitHint {
  /** Milliseconds that Neon asks for by `Retry-After`. */
  retryAfter?: number | undefined
  /** Whether a rate limit turned the attempt down. */
  limited?: boolean
}

/**
 * How long to wait before the next attempt. What Neon asks for (`Retry-After`) is always waited in full.
 *
 * Failures (no connection, 503, …) wait exponentially with full jitter.
 *
 * A rate limit (429) is a queue, not a failure: the jobs of a matrix all start at once. Each job draws one random place
 * within a few seconds, and comes back at the same interval from then on. So the jobs stay spread evenly, no job falls
 * further and further behind by backing off, and the queue is served at the full rate until it is empty;
 * `npm run bench:load` measures it against exponential waits.
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
  if (limited) return attempt === 0 ? retryAfter + random() * PLACE_IN_LINE : Math.max(retryAfter, PLACE_IN_LINE)
  return retryAfter + random() * Math.min(LONGEST_WAIT, BASE_WAIT * 2 ** attempt)
}

/** What waiting needs from its surroundings. */
export interface Waiting {
  clock: Clock
  deadline: Deadline
  /** Uniform in [0, 1). */
  random: () => number
  /** Aborts when the runner wants the step to end: no more waiting. */
  cancelled: AbortSignal
  /** Called before each wait, so that the log says why it takes so long. */
  onWait: (message: string) => void
}

/** Waits between attempts, until the step's deadline. */
export class Patience {
  readonly #waiting: Waiting

  constructor(waiting: Waiting) {
    this.#waiting = waiting
  }

  /**
   * Waits as {@link waitBefore} says, unless the deadline leaves no time for another attempt after that.
   *
   * @param why how the attempt ended, for the log or the error
   * @param attempt 0 for the first wait
   * @throws {GaveUp} when the deadline leaves no time for another attempt; {@link RateLimited} after a 429
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
   * Repeats a request that does no harm when it is carried out twice (list, look up, revoke by ID) until Neon has
   * answered.
   *
   * @throws {NeonRefused | NeonUnreachable} when asking again would not help
   * @throws {InvalidAnswer} at the second invalid answer in a row
   * @throws {GaveUp} when the deadline leaves no time for another attempt
   */
  async persist<T>(send: () => Promise<Outcome<T>>): Promise<T> {
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
