// When a sweep stops: at its time limit, or when the job is cancelled. In virtual time, since the limit is 25 minutes.

import { liveSweep, type SweepLife } from './campaign/sweep-life.ts'
import type { GithubMishap, SweepWorld } from './campaign/sweep-world.ts'

const MINUTE = 60_000
/** The first run is the sweep's own; the others have completed. */
const RUNS: SweepWorld['runs'] = Array.from({ length: 25 }, () => ({
  repository: 0,
  attempts: [[-3_600_000]],
  pause: 50,
  status: 'in_progress',
  deletedAfter: Number.POSITIVE_INFINITY,
}))
const OWN: SweepWorld = {
  repositories: 'this',
  sees: [true, true, true],
  permission: 'read',
  knowsJob: true,
  ownAttempt: 1,
  runs: RUNS,
  keys: [],
  maxAgeHours: 121,
  github: [],
  neon: [],
  limit: 1_000,
  cancelled: undefined,
  luck: 0,
}
const keys = (count: number, hours: 5 | 900 = 5): SweepWorld['keys'] =>
  Array.from({ length: count }, (_, index) => ({ run: index + 1, attempt: 0, job: 0, hours }))

/** GitHub asks for the longest pause that the sweep accepts. */
const PAUSE: GithubMishap = { kind: 'status', status: 403, headers: { 'retry-after': '120' } }
const NO_ANSWER: GithubMishap = { kind: 'no answer' }
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

/** A sweep of keys whose runs have completed. */
const sweep = (world: Partial<SweepWorld>): Promise<SweepLife> => liveSweep({ ...OWN, ...world })
const alive = (life: SweepLife): number => life.keys.filter(({ key }) => key.revokedAt === undefined).length
const duration = ({ sweep: { start, end } }: SweepLife): number => end - start

describe('the time limit of 25 minutes', () => {
  const OUT_OF_TIME = "Kept %: the sweep's time is up; the next one continues."

  test.each([
    [11, 0],
    [12, 1],
  ])('no key is revoked in the last minute: after %i pauses of two minutes, %i key is kept', async (pauses, kept) => {
    const life = await sweep({ keys: keys(1), github: times(pauses, PAUSE) })
    expect(life.sweep.ending).toBe('success')
    expect(duration(life)).toBeGreaterThan(pauses * 2 * MINUTE)
    expect(alive(life)).toBe(kept)
    expect(life.sweep.log.includes(OUT_OF_TIME.replace('%', '1'))).toBe(kept === 1)
  })

  test('GitHub gets no request that might not be answered in time', async () => {
    // Four keys at a time: twelve pauses, and then only three requests of 15 seconds each fit.
    const life = await sweep({ keys: keys(20), github: [...times(48, PAUSE), ...times(20, NO_ANSWER)] })
    expect(life.sweep.log).toContain(OUT_OF_TIME.replace('%', '8'))
    expect(duration(life)).toBeGreaterThan(24.5 * MINUTE)
    expect(duration(life)).toBeLessThan(25 * MINUTE)
  })

  test('it does not wait for a pause that would exceed the limit', async () => {
    const life = await sweep({ keys: keys(1), github: times(13, PAUSE) })
    expect(life.sweep.log).toContainEqual(expect.stringMatching(/^Kept 1: GitHub's rate limit is reached/))
    expect(duration(life)).toBeLessThan(25 * MINUTE)
  })
})

test('a key that cannot be revoked takes a minute at most', async () => {
  // Four keys at a time. The list, the first request, is answered.
  const failure = { kind: 'status', status: 500, applied: false } as const
  const life = await sweep({ keys: keys(5), neon: [null, ...times(999, failure)] })
  expect(life.sweep).toMatchObject({ ending: 'failure', outputs: { revoked_count: '0', failed_count: '5' } })
  expect(duration(life)).toBeLessThan(2 * MINUTE)
  expect(duration(life)).toBeGreaterThan(1.5 * MINUTE)
})

describe('a cancelled job', () => {
  const CANCELLED = 'the job was cancelled; the next sweep continues'

  function expectCancelled(life: SweepLife, kept: number): void {
    expect(life.sweep).toMatchObject({ ending: 'failure', thrown: 'Cancelled' })
    expect(life.sweep.log).toContain(`Kept ${kept}: ${CANCELLED}.`)
    expect(alive(life)).toBe(kept)
  }

  test('revocations in flight may finish; no other is sent', async () => {
    // The revocations of the first four keys are sent after 50 ms.
    const life = await sweep({ keys: keys(6, 900), cancelled: 60 })
    expectCancelled(life, 2)
    expect(life.revokedAt.size).toBe(4)
  })

  test.each<[string, GithubMishap]>([
    ['GitHub does not answer', NO_ANSWER],
    ['GitHub has asked for a pause', PAUSE],
  ])('while %s: the sweep ends at once, and sends no further request', async (_when, mishap) => {
    // The first four requests are answered, or not, after 100 ms.
    const life = await sweep({ keys: keys(6), github: times(4, mishap), cancelled: 110 })
    expect(duration(life)).toBe(110)
    expectCancelled(life, 6)
    expect(life.github.asked).toHaveLength(4)
  })
})

describe('progress', () => {
  const progressOf = ({ sweep: { log } }: SweepLife): string[] => log.filter((line) => /^\d+ of \d+ keys$/.test(line))

  test('a line every ten seconds', async () => {
    // Four keys at a time, each group for 15 seconds.
    const life = await sweep({ keys: keys(10), github: times(10, NO_ANSWER) })
    expect(progressOf(life)).toEqual(['1 of 10 keys', '5 of 10 keys', '9 of 10 keys'])
  })

  test('none for a short sweep', async () => {
    const life = await sweep({ keys: keys(10) })
    expect(progressOf(life)).toEqual([])
    expect(life.sweep.outputs.revoked_count).toBe('10')
  })
})
