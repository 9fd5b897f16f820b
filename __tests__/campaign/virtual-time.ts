import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { Clock } from '../../src/base/clock.ts'

/** Midnight on 1 January 2026, when virtual time begins. */
const EPOCH = Date.UTC(2026, 0, 1)

/** A clock that stops until all pending work is done, and then jumps to the next timer. */
export class VirtualClock implements Clock {
  #now = 0
  #timers: { at: number; act: () => void }[] = []

  now(): number {
    return this.#now
  }

  date(): number {
    return EPOCH + this.#now
  }

  /** Schedules a function; returns a function that cancels it. */
  after(milliseconds: number, act: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, milliseconds), act }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
    }
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = (): void => {
        callOff()
        reject(signal?.reason)
      }
      const callOff = this.after(milliseconds, () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      signal?.addEventListener('abort', onAbort)
    })
  }

  /** Lets virtual time pass until a condition holds or no timer is left. */
  async runUntil(holds: () => boolean): Promise<void> {
    for (;;) {
      // All microtasks run before an immediate, so after it no work is pending.
      await new Promise(setImmediate)
      if (holds()) return
      // A stable sort: of two timers for the same moment, the one scheduled first runs first.
      const next = this.#timers.sort((a, b) => a.at - b.at).shift()
      if (!next) return
      this.#now = next.at
      next.act()
    }
  }
}

/** Seeded random numbers, uniform in [0, 1). */
export function randomFrom(seed: number): () => number {
  const generator = xoroshiro128plus(seed)
  return () => uniformFloat64(generator)
}
