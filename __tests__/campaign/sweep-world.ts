import fc from 'fast-check'
import type { Run } from '../../simulator/github/github.ts'
import { JOB_VARIABLES } from '../../simulator/runner/variables.ts'
import { mishap } from './schedule.ts'

/** The sweep's own job. */
export const OWN_JOB = '48216309157'
export const OWN_RUN = JOB_VARIABLES.GITHUB_RUN_ID
export const REPOSITORIES = [
  { id: '812345678', name: 'octo-org/shop' },
  { id: '812345679', name: 'octo-org/bank' },
  { id: '81234567', name: 'octo-org/blog' },
] as const
const HOUR = 3_600_000

/** What goes wrong with one request to GitHub. */
export type GithubMishap =
  | { kind: 'stale'; milliseconds: number }
  | { kind: 'status'; status: number; headers?: Record<string, string> }
  | { kind: 'body'; body: string }
  | { kind: 'reset' }
  | { kind: 'no answer' }

const githubMishap: fc.Arbitrary<GithubMishap> = fc.oneof(
  fc.record({
    kind: fc.constant('stale' as const),
    milliseconds: fc.constantFrom(100, 1_000, 2 * HOUR, 7.5 * HOUR, 9 * HOUR),
  }),
  fc.record({
    kind: fc.constant('status' as const),
    status: fc.constantFrom(301, 401, 403, 410, 429, 500, 502, 503),
  }),
  fc.constant({ kind: 'status' as const, status: 403, headers: { 'retry-after': '30' } }),
  fc.record({
    kind: fc.constant('body' as const),
    body: fc.constantFrom('', 'null', '{}', '[]', '<html>', '{"id":1}'),
  }),
  fc.constant({ kind: 'reset' as const }),
  fc.constant({ kind: 'no answer' as const }),
)

/** Milliseconds from the start of the sweep to the end of a job; jobs end before, while and after it runs. */
const end = fc.oneof(
  fc.constantFrom(-8 * HOUR, -1_000, Number.POSITIVE_INFINITY),
  fc.integer({ min: 0, max: 600 }),
  fc.integer({ min: -9 * HOUR, max: 0 }),
)

/** A run: when the jobs of its attempts end, and what happens between the attempts and after them. */
const run = fc.record({
  repository: fc.nat(2),
  attempts: fc.array(fc.array(end, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
  pause: fc.constantFrom(50, HOUR),
  status: fc.constantFrom('queued', 'in_progress', 'waiting', 'requested', 'pending'),
  deletedAfter: fc.option(fc.constantFrom(0, 300, HOUR), { nil: Number.POSITIVE_INFINITY, freq: 4 }),
})
type RunStory = typeof run extends fc.Arbitrary<infer Value> ? Value : never

const key = fc.record({
  run: fc.nat(4),
  attempt: fc.nat(2),
  job: fc.constantFrom(0, 1, 'not listed' as const, 'no ID' as const),
  hours: fc.constantFrom(0.1, 5, 20, 120.9, 120.9, 121.5, 900),
})

/** The random choices about a sweep. */
export const sweepWorld = fc.record({
  repositories: fc.constantFrom('this' as const, 'this' as const, 'all' as const),
  /** Which repositories the token sees. */
  sees: fc.tuple(fc.constant(true), fc.boolean(), fc.boolean()),
  permission: fc.oneof(
    { weight: 8, arbitrary: fc.constant('read' as const) },
    { weight: 1, arbitrary: fc.constantFrom('none' as const, 'no access' as const) },
  ),
  /** Whether the runner provides the ID of the sweep's own job. */
  knowsJob: fc.boolean(),
  ownAttempt: fc.constantFrom(1, 2),
  /** The first one is the sweep's own. */
  runs: fc.array(run, { minLength: 1, maxLength: 5 }),
  keys: fc.array(key, { maxLength: 8 }),
  maxAgeHours: fc.constantFrom(121, 121, 121, 121, 1),
  github: fc.oneof(
    fc.constant<(GithubMishap | null)[]>([]),
    fc.array(fc.option(githubMishap, { nil: null, freq: 3 }), { maxLength: 8 }),
  ),
  neon: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.option(mishap, { nil: null, freq: 2 }), { maxLength: 6 }) },
  ),
  /** GitHub's limit of requests per hour. */
  limit: fc.oneof(
    { weight: 4, arbitrary: fc.constant(1_000) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 9 }) },
  ),
  /** Milliseconds after which the job is cancelled. */
  cancelled: fc.option(fc.nat(800), { nil: undefined, freq: 5 }),
  luck: fc.nat(),
})
export type SweepWorld = typeof sweepWorld extends fc.Arbitrary<infer Value> ? Value : never

/** One attempt of a run on the virtual clock: when it began, and when each job ends, by the job's ID. */
interface Attempt {
  number: number
  begins: number
  ends: Record<string, number>
}

/** A run's history on the virtual clock. */
export class RunLife {
  readonly id: string
  readonly repository: (typeof REPOSITORIES)[number]
  readonly attempts: Attempt[] = []
  readonly deleted: number
  readonly #story: RunStory

  constructor(story: RunStory, index: number, ownAttempt: number) {
    const own = index === 0
    this.#story = story
    this.id = own ? OWN_RUN : String(500 + index)
    this.repository = REPOSITORIES[own ? 0 : story.repository] ?? REPOSITORIES[0]
    // The sweep runs in the last attempt of its own run; the earlier ones have completed.
    const stories = own
      ? [...(ownAttempt === 2 ? [[-8 * HOUR]] : []), [Number.POSITIVE_INFINITY, ...(story.attempts[0] ?? [])]]
      : story.attempts
    let begins = Number.NEGATIVE_INFINITY
    for (const [position, jobs] of stories.entries()) {
      const number = position + 1
      const ids = jobs.map((moment, slot): [string, number] => [
        own && number === ownAttempt && slot === 0 ? OWN_JOB : `9${index}${number}${slot}`,
        Math.max(moment, begins + 10),
      ])
      this.attempts.push({ number, begins, ends: Object.fromEntries(ids) })
      begins = Math.max(...ids.map(([, moment]) => moment)) + (own ? HOUR : story.pause)
      if (begins === Number.POSITIVE_INFINITY) break
    }
    // Only a completed run can be deleted.
    this.deleted = own ? Number.POSITIVE_INFINITY : this.#endOf(this.attempts.at(-1)) + story.deletedAfter
  }

  /** GitHub's data at a moment. */
  at(now: number): Run | undefined {
    const begun = this.attempts.filter(({ begins }) => begins <= now)
    const latest = begun.at(-1)
    if (!latest || now >= this.deleted) return undefined
    const status = (ends: number): string => (ends <= now ? 'completed' : this.#story.status)
    const jobs = begun.map(({ number, ends }) => [
      number,
      Object.fromEntries(Object.entries(ends).map(([id, moment]) => [id, status(moment)])),
    ])
    return {
      id: this.id,
      attempt: latest.number,
      status: status(this.#endOf(latest)),
      jobs: Object.fromEntries(jobs),
      repository: this.repository.name,
    }
  }

  /** Whether the job of a key has ended; a job that GitHub does not list ends with its run attempt. */
  isOver(attempt: number, jobId: string, now: number): boolean {
    const story = this.attempts[attempt - 1]
    return (story?.ends[jobId] ?? this.#endOf(story)) <= now
  }

  #endOf(attempt: Attempt | undefined): number {
    return Math.max(...Object.values(attempt?.ends ?? {}))
  }
}
