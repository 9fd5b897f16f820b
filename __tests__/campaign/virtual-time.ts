import type { Clock } from '../../src/base/clock.ts'

interface Timer {
  at: number
  order: number
  act: () => void
}

/** Midnight on 1 January 2026, when virtual time begins. */
const EPOCH = Date.UTC(2026, 0, 1)

/** A clock that stands still until everything that can happen has happened, and then jumps to what comes next. */
export class VirtualClock implements Clock {
  #now = 0
  #order = 0
  readonly #timers: Timer[] = []

  now(): number {
    return this.#now
  }

  date(): number {
    return EPOCH + this.#now
  }

  /** Does something later; returns a function that calls it off. */
  after(milliseconds: number, act: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, milliseconds), order: this.#order++, act }
    this.#timers.push(timer)
    return () => {
      const index = this.#timers.indexOf(timer)
      if (index >= 0) this.#timers.splice(index, 1)
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

  /**
   * Lets virtual time pass until a condition holds or nothing is left to happen.
   *
   * @returns whether the condition holds
   */
  async runUntil(holds: () => boolean): Promise<boolean> {
    for (;;) {
      // All microtasks are done before an immediate's turn, so all that can happen now has happened after it.
      await new Promise(setImmediate)
      if (holds()) return true
      if (!this.#advance()) return false
    }
  }

  #advance(): boolean {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer
    }
    if (!next) return false
    this.#timers.splice(this.#timers.indexOf(next), 1)
    this.#now = next.at
    next.act()
    return true
  }
}

/** Repeatable chance (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
