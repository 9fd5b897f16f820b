import fc from 'fast-check'
import { EDITIONS, type Edition } from '../../simulator/neon/editions.ts'
import { API_KEY_PLACEHOLDER, type Failure } from '../../simulator/neon/faults.ts'
import { adversary } from './adversary.ts'

/** What goes wrong with one request: it is never sent, or Neon (or something in between) fails. */
export type Mishap = { kind: 'never sent'; code: string } | Failure

/** What interrupts a process. */
export type Interruption =
  | { kind: 'none' }
  /** SIGKILL before its nth effect: a mask, a state, a request, an output, a line of log. */
  | { kind: 'killed before effect'; effect: number }
  /** SIGKILL at a moment, in milliseconds from its start. */
  | { kind: 'killed at'; milliseconds: number }
  /** As the runner cancels a job: SIGINT at a moment, SIGKILL ten seconds later. */
  | { kind: 'cancelled at'; milliseconds: number }

const status = fc.constantFrom(200, 204, 301, 400, 401, 403, 404, 408, 409, 422, 423, 429, 500, 501, 502, 503, 504, 520)

const retryAfter = fc.option(
  fc.oneof(
    fc.constantFrom('0', '1', '5', '30', '300', 'soon'),
    // A date before or after the start of the virtual clock in 2026.
    fc.integer({ min: -5, max: 40 }).map((seconds) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toUTCString()),
  ),
  { nil: undefined },
)

const body = fc.constantFrom(
  undefined,
  '',
  '<html>Bad Gateway</html>',
  'null',
  '{"message":42}',
  `{"message":"no such key: ${API_KEY_PLACEHOLDER}"}`,
)

const wrongFields = fc.constantFrom<Record<string, unknown>>(
  { key: undefined },
  { key: '' },
  { key: 7 },
  { id: undefined },
  { id: '12' },
  { id: 1.5 },
  { id: -1 },
  { name: 'someone-elses' },
  { project_id: 'winter-boat-259881' },
  { revoked: false },
)

const applied = fc.boolean()

export const mishap: fc.Arbitrary<Mishap> = fc.oneof(
  fc.record({
    kind: fc.constant('never sent' as const),
    code: fc.constantFrom('ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED'),
  }),
  fc.record({ kind: fc.constant('reset' as const), applied }),
  fc.record({ kind: fc.constant('late' as const), milliseconds: fc.integer({ min: 1, max: 240_000 }) }),
  fc.record({ kind: fc.constant('delay' as const), milliseconds: fc.integer({ min: 1, max: 120_000 }) }),
  fc.tuple(status, applied, retryAfter, body).map(([code, done, wait, text]) => ({
    kind: 'status' as const,
    status: code,
    // A refused request was not applied; any other may or may not have been.
    applied: code >= 300 && code < 500 && code !== 423 && code !== 429 ? false : done,
    ...(wait !== undefined && { headers: { 'retry-after': wait } }),
    ...(text !== undefined && { body: text }),
  })),
  fc.record({ kind: fc.constant('body' as const), body: fc.constantFrom('', 'garbage', 'null', '{}', '[{}]', '7') }),
  fc.record({ kind: fc.constant('fields' as const), fields: wrongFields }),
  fc.constant({ kind: 'truncate' as const }),
  fc.record({ kind: fc.constant('trickle' as const), millisecondsPerByte: fc.integer({ min: 1, max: 1_000 }) }),
)

const mishaps: fc.Arbitrary<(Mishap | null)[]> = fc.array(fc.option(mishap, { nil: null, freq: 2 }), { maxLength: 6 })

const moment = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 60_000 }))

const interruption: fc.Arbitrary<Interruption> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'none' as const }) },
  { weight: 2, arbitrary: fc.nat(16).map((effect) => ({ kind: 'killed before effect' as const, effect })) },
  { weight: 1, arbitrary: moment.map((milliseconds) => ({ kind: 'killed at' as const, milliseconds })) },
  { weight: 2, arbitrary: moment.map((milliseconds) => ({ kind: 'cancelled at' as const, milliseconds })) },
)

/** All random choices about the life of a key. */
export const schedule = fc.record({
  scope: fc.constantFrom('personal', 'organization', 'project', 'project looked up'),
  /** The mishap of main's nth request; `null`: none. */
  main: mishaps,
  interruption,
  /** Milliseconds from the end of main to the start of post. */
  pause: fc.constantFrom(0, 100, 60_000),
  post: mishaps,
  /** Post's `api_key`: composite actions can pass a wrong one (actions/runner 3514). */
  postApiKey: fc.oneof(
    { weight: 9, arbitrary: fc.constant('the same' as const) },
    { weight: 1, arbitrary: fc.constantFrom('none' as const, 'a revoked one' as const, "another account's" as const) },
  ),
  debug: fc.boolean(),
  /** Which of Neon's documents its answers follow. */
  edition: fc.constantFrom(...(Object.keys(EDITIONS) as Edition[])),
  /** Whether the runner provides the job ID. */
  jobIdKnown: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  adversary: fc.option(adversary, { nil: null, freq: 2 }),
  /** Seed of the jitter. */
  luck: fc.nat(),
})
export type Schedule = typeof schedule extends fc.Arbitrary<infer Value> ? Value : never

/** The same, each with an attacker. */
export const attacked: fc.Arbitrary<Schedule> = fc
  .tuple(schedule, adversary)
  .map(([life, attacker]) => ({ ...life, adversary: attacker }))
