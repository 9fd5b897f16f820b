import { setTimeout as delay } from 'node:timers/promises'

/** The clock of the action; the campaign replaces it with a virtual one. */
export interface Clock {
  /** Milliseconds on a monotonic clock; only differences are meaningful. */
  now(): number
  /** The date and time, in milliseconds since 1970; only for dates in `Retry-After`. */
  date(): number
  /** Waits. Rejects with the signal's reason as soon as the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  // The global `performance` would load another module of Node.
  now: () => Number(process.hrtime.bigint()) / 1e6,
  date: () => Date.now(),
  async sleep(milliseconds, signal) {
    try {
      await delay(milliseconds, undefined, signal ? { signal } : {})
    } catch (error) {
      throw signal?.aborted ? signal.reason : error
    }
  },
}

/** The moment by which a step must have ended. */
export class Deadline {
  readonly #clock: Clock
  readonly #end: number
  /** The total time in seconds, for messages. */
  readonly seconds: number

  /** @param milliseconds how long from now */
  constructor(clock: Clock, milliseconds: number) {
    this.#clock = clock
    this.#end = clock.now() + milliseconds
    this.seconds = Math.round(milliseconds / 1000)
  }

  /** Milliseconds left; never negative. */
  remaining(): number {
    return Math.max(0, this.#end - this.#clock.now())
  }
}
