import fc from 'fast-check'
import { keyName } from '../simulator/fixtures.ts'
import { parseKeyName } from '../src/github/key-name.ts'
import type { RunState } from '../src/github/runs.ts'
import type { ListedKey } from '../src/neon/answers.ts'
import { type Age, judge, type KeyRun, type OwnKey, ownKeys } from '../src/steps/orphans.ts'

const HOME = { server: 'gha', repositoryId: '812345678' }
const revokes = (key: OwnKey, run: KeyRun, hours: Age['hours']): boolean =>
  judge(key, run, { hours, maxHours: 840 }).kind === 'revoke'

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
const ownName = fc
  .record({ runId: fc.integer({ min: 1, max: 9 }).map(String), runAttempt: fc.integer({ min: 1, max: 3 }).map(String) })
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
const age = fc.oneof(fc.double({ min: 0, max: 2_000, noNaN: true }), fc.constant(Number.NaN))

test('what does not parse, or is of another server or repository, is never chosen', () => {
  fc.assert(
    fc.property(keys, (listed) => {
      for (const { name, parsed } of ownKeys(listed, HOME, parseKeyName)) {
        expect(parseKeyName(name)).toEqual(parsed)
        expect(parsed).toMatchObject(HOME)
      }
    }),
  )
})

test('every key of this repository is looked at once, the oldest first', () => {
  fc.assert(
    fc.property(fc.array(keyOf(ownName)), (listed) => {
      const own = ownKeys(listed, HOME, parseKeyName)
      expect(own).toHaveLength(listed.length)
      const dates = own.map(({ createdAt }) => createdAt)
      expect(dates).toEqual([...dates].sort())
    }),
  )
})

const single = keyOf(ownName).map((key) => ownKeys([key], HOME, parseKeyName)[0] as ReturnType<typeof ownKeys>[number])

test('nothing of a live run is ever chosen, however old', () => {
  const status = fc.constantFrom('queued', 'waiting', 'pending', 'requested', 'in progress', 'anything new')
  fc.assert(
    fc.property(single, status, age, (key, kind, hours) => {
      const attempt = fc.sample(fc.constantFrom(undefined, Number(key.parsed.runAttempt), 1), 1)[0]
      expect(revokes(key, { kind: 'active', status: kind, attempt }, hours)).toBe(false)
    }),
  )
})

test('everything of a finished or deleted run is chosen, however young', () => {
  const over = fc.constantFrom<RunState>({ kind: 'completed' }, { kind: 'deleted' })
  fc.assert(fc.property(single, over, age, revokes))
})

test('an older attempt of a live run is over, the present one is not', () => {
  fc.assert(
    fc.property(single, fc.integer({ min: 1, max: 5 }), age, (key, attempt, hours) => {
      expect(revokes(key, { kind: 'active', status: 'queued', attempt }, hours)).toBe(
        Number(key.parsed.runAttempt) < attempt,
      )
    }),
  )
})

test("a key of the sweep's own run is kept, however old", () => {
  fc.assert(fc.property(single, age, (key, hours) => !revokes(key, { kind: 'own' }, hours)))
})

test('where GitHub cannot tell, age alone decides; an age that cannot be read decides nothing', () => {
  fc.assert(
    fc.property(single, age, fc.constantFrom('unknown' as const, 'postponed' as const), (key, hours, kind) => {
      expect(revokes(key, { kind, why: 'x' }, hours)).toBe(hours > 840)
    }),
  )
})
