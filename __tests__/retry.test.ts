import fc from 'fast-check'
import { type Clock, Deadline } from '../src/base/clock.ts'
import type { Outcome } from '../src/neon/outcome.ts'
import { Retrier, waitBefore } from '../src/neon/retry.ts'

const random = fc.double({ min: 0, max: 0.999_999, noNaN: true })

test('failures: waits have full jitter and a maximum', () => {
  fc.assert(
    fc.property(fc.nat(50), random, (attempt, luck) => {
      const wait = waitBefore(attempt, {}, () => luck)
      expect(wait).toBeCloseTo(luck * Math.min(10_000, 500 * 2 ** attempt))
    }),
  )
})

test('a rate limit: one random wait, then waits of fixed length', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), random, (attempt, luck) => {
      expect(waitBefore(0, { limited: true }, () => luck)).toBeCloseTo(luck * 5_000)
      expect(waitBefore(attempt, { limited: true }, () => luck)).toBe(5_000)
    }),
  )
})

test('Retry-After is waited for in full', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(120_000), fc.boolean(), random, (attempt, retryAfter, limited, luck) => {
      expect(waitBefore(attempt, { retryAfter, limited }, () => luck)).toBeGreaterThanOrEqual(retryAfter)
    }),
  )
})

let slept: number[] = []
const clock: Clock = { now: () => 0, date: () => 0, sleep: async (milliseconds) => void slept.push(milliseconds) }
const retrierOf = (left: number): Retrier =>
  new Retrier({
    clock,
    deadline: new Deadline(clock, left),
    random: () => 0,
    cancelled: new AbortController().signal,
    onWait: () => {},
  })
beforeEach(() => {
  slept = []
})

test('the last attempt has at least a second, so that the error gives the cause and not only a timeout', async () => {
  await retrierOf(8_000).waitOrGiveUp('No way to Neon', 3, { retryAfter: 7_000 })
  expect(slept).toEqual([7_000])
  await expect(retrierOf(7_999).waitOrGiveUp('No way to Neon', 3, { retryAfter: 7_000 })).rejects.toThrow(
    /^No way to Neon\. Gave up: this step is limited to 8 s/,
  )
  expect(slept).toHaveLength(1)
})

test.each([
  [{}, 's. See'],
  [{ retryAfter: 7_001 }, 's, and Neon asks to wait 8 s. See'],
])('the error gives the wait that Neon asked for: %j', async (hint, text) => {
  await expect(retrierOf(500).waitOrGiveUp('x', 0, hint)).rejects.toThrow(`limited to 1 ${text}`)
})

const INVALID = { kind: 'maybe', why: 'an HTML page', invalid: true } as const
const BUSY = { kind: 'again', why: 'busy', sent: true, limited: false, retryAfter: 3_000 } as const
const LOST = { kind: 'maybe', why: 'reset', invalid: false } as const
const DONE = { kind: 'done', value: 'the list' } as const

test.each([
  ['twice in a row', [INVALID, INVALID], /an HTML page, for the second time/],
  ['with another failure in between', [INVALID, LOST, INVALID, BUSY, INVALID, DONE], undefined],
  ['once', [INVALID, DONE], undefined],
  ['never, but failures', [LOST, LOST, BUSY, BUSY, DONE], undefined],
])('invalid answers %s', async (_times, outcomes, error) => {
  const left: Outcome<string>[] = [...outcomes]
  const result = retrierOf(60_000).retry(async () => left.shift() as Outcome<string>)
  if (error) await expect(result).rejects.toThrow(error)
  else expect(await result).toBe('the list')
  expect(left).toEqual([])
  // Only Neon's own wait, since the random part is zero here.
  expect(slept).toEqual(outcomes.slice(0, -1).map((outcome) => (outcome === BUSY ? 3_000 : 0)))
})
