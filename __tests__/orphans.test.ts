import fc from 'fast-check'
import { keyName } from '../simulator/fixtures.ts'
import type { Answer } from '../src/github/api.ts'
import type { Jobs } from '../src/github/jobs.ts'
import { parseKeyName } from '../src/github/key-name.ts'
import type { RunContext } from '../src/github/run-context.ts'
import type { Run } from '../src/github/runs.ts'
import type { ListedKey } from '../src/neon/answers.ts'
import { type OwnKey, ownKeys } from '../src/steps/own-keys.ts'
import { type Facts, judge } from '../src/steps/verdicts.ts'

const HOME = { server: 'gha', repositoryId: '812345678' }
const OWN: RunContext = {
  serverUrl: 'https://github.com',
  repositoryId: HOME.repositoryId,
  repositoryName: 'shop',
  runId: '77',
  runAttempt: '1',
  jobId: '770',
  jobName: 'sweep',
}

const foreignName = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'gha/812345678/7/1/9/abcdefgh/',
    'gha/812345678/7/1/9',
    'GHA/812345678/7/1/9/abcdefgh',
    'neonctl',
    '',
  ),
  fc.constantFrom(
    'gha/812345679/7/1/9/abcdefgh/x',
    'gha-0000/812345678/7/1/9/abcdefgh/x',
    'gha/81234567/7/1/9/abcdefgh',
  ),
)
// Not the random ones of keyName(), so that a failure can be repeated and reduced.
const nonce = fc.constantFrom('aaaaaaaa', 'abcdefgh', '22222227')
const ownName = fc
  .record({
    runId: fc.integer({ min: 1, max: 9 }).map(String),
    runAttempt: fc.integer({ min: 1, max: 3 }).map(String),
    jobId: fc.integer({ min: 0, max: 4 }).map(String),
    nonce,
  })
  .map(keyName)
const keyOf = (name: fc.Arbitrary<string>): fc.Arbitrary<ListedKey> =>
  fc.record({
    id: fc.bigInt({ min: 1n, max: 2n ** 62n }).map(String),
    name,
    createdAt: fc
      .date({ min: new Date('2026-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    lastUsedAt: fc.constant(undefined),
    projectId: fc.constant(undefined),
  })
const keys = fc.array(fc.oneof(keyOf(foreignName), keyOf(ownName)))

test('a key whose name is invalid, or of another server or repository, is never chosen', () => {
  fc.assert(
    fc.property(keys, (listed) => {
      for (const { name, parsed } of ownKeys(listed, HOME)) {
        expect(parseKeyName(name)).toEqual(parsed)
        expect(parsed).toMatchObject(HOME)
      }
    }),
  )
})

test('with all repositories: the same for keys of another server and for invalid names', () => {
  fc.assert(
    fc.property(keys, (listed) => {
      for (const { name, parsed } of ownKeys(listed, { server: 'gha', repositoryId: undefined })) {
        expect(parseKeyName(name)).toEqual({ ...parsed, server: 'gha' })
      }
    }),
  )
})

test('every key of this repository is considered once, oldest first', () => {
  fc.assert(
    fc.property(fc.array(keyOf(ownName)), (listed) => {
      const own = ownKeys(listed, HOME)
      expect(own).toHaveLength(listed.length)
      const dates = own.map(({ createdAt }) => createdAt)
      expect(dates).toEqual([...dates].sort())
    }),
  )
})

const single = keyOf(ownName).map((key) => ownKeys([key], HOME)[0] as OwnKey)
const found = <T>(value: T): Answer<T> => ({ kind: 'found', value })
const judged = (key: OwnKey, more: Partial<Facts>): string | undefined =>
  judge({ key, own: OWN, ageHours: 1, maxAgeHours: 121, repository: found('octo-org/shop'), ...more })?.kind

const status = fc.constantFrom('queued', 'waiting', 'pending', 'requested', 'in progress', 'anything new')
const goingOn = fc.record({ completed: fc.constant(false), status, attempt: fc.constantFrom(1, 2, 3) })
const over = fc.record({
  completed: fc.constant(true),
  status: fc.constant('completed'),
  attempt: fc.constantFrom(1, 2, 3),
})
const attemptOf = ({ parsed }: OwnKey): number => Number(parsed.runAttempt)
const jobs = fc
  .dictionary(fc.constantFrom('0', '1', '2', '3', '4'), fc.boolean())
  .map((listed): Jobs => new Map(Object.entries(listed)))

test('no recent key of a job that is or may be running is chosen', () => {
  fc.assert(
    fc.property(single, goingOn, jobs, (key, run: Run, listed) => {
      fc.pre(run.attempt <= attemptOf(key) && listed.get(key.parsed.jobId) !== true)
      expect(judged(key, { run: found(run), jobs: found(listed) })).not.toBe('revoke')
    }),
  )
})

test("an answer about the key's run attempt or a later one counts; about an earlier one, it does not", () => {
  fc.assert(
    fc.property(single, over, (key, run: Run) => {
      expect(judged(key, { run: found(run) })).toBe(run.attempt >= attemptOf(key) ? 'revoke' : 'unknown')
    }),
  )
})

test('a key of an earlier run attempt is chosen without listing jobs', () => {
  fc.assert(
    fc.property(single, goingOn, (key, run: Run) => {
      fc.pre(run.attempt > attemptOf(key))
      expect(judged(key, { run: found(run) })).toBe('revoke')
    }),
  )
})

test('without an answer nothing is decided; an inconclusive answer never leads to a revocation', () => {
  const inconclusive = fc.constantFrom('refused' as const, 'unknown' as const, 'postponed' as const)
  fc.assert(
    fc.property(single, inconclusive, goingOn, (key, kind, run: Run) => {
      const answer = { kind, why: 'x' }
      expect(judged(key, {})).toBeUndefined()
      expect(judged(key, { run: answer })).toBe(kind)
      expect(judged(key, { run: { kind: 'not found' } })).toBeUndefined()
      expect(judged(key, { run: { kind: 'not found' }, canReadRuns: answer })).toBe(kind)
      expect(judged(key, { run: { kind: 'not found' }, canReadRuns: { kind: 'not found' } })).toBe('refused')
      expect(judged(key, { run: found({ ...run, attempt: attemptOf(key) }), jobs: answer })).toBe(
        key.parsed.jobId === '0' ? 'kept' : kind,
      )
      expect(judged(key, { ageHours: 900, repository: answer })).toBe(kind)
    }),
  )
})

test('only age decides about the rest; an invalid date decides nothing', () => {
  fc.assert(
    fc.property(single, fc.double({ min: 0, max: 900, noNaN: true }), (key, ageHours) => {
      expect(judged(key, { ageHours })).toBe(ageHours > 121 ? 'revoke' : undefined)
      expect(judged(key, { ageHours: Number.NaN })).toBeUndefined()
      expect(judged(key, { ageHours, repository: { kind: 'not found' } })).toBe('unseen')
    }),
  )
})

test("a key of the sweep's own job is kept at any age; so is one of its run without a job ID", () => {
  fc.assert(
    fc.property(single, fc.constantFrom('0', '770'), nonce, (key, jobId, random) => {
      const name = keyName({ runId: '77', jobId, nonce: random })
      const [own] = ownKeys([{ ...key, name }], HOME)
      expect(own && judged(own, { ageHours: 900 })).toBe('kept')
    }),
  )
})
