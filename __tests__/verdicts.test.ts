// Each verdict of the sweep with its reason; orphans.test.ts has the properties that hold for all keys.

import type { Answer } from '../src/github/api.ts'
import type { RunContext } from '../src/github/run-context.ts'
import type { RunReader } from '../src/github/run-reader.ts'
import type { Run } from '../src/github/runs.ts'
import { decide } from '../src/steps/decide.ts'
import { type OwnKey, ownKeys } from '../src/steps/own-keys.ts'
import type { Facts } from '../src/steps/verdicts.ts'

const OWN: RunContext = {
  serverUrl: 'https://github.com',
  repositoryId: '81',
  repositoryName: 'shop',
  runId: '77',
  runAttempt: '1',
  jobId: '770',
  jobName: 'sweep',
}
/** A key of attempt 2 of the run 19 of the repository 81. */
const keyOf = (name: string): OwnKey => {
  const listed = { id: '7', name, createdAt: '', lastUsedAt: undefined, projectId: undefined }
  return ownKeys([listed], { server: 'gha', repositoryId: undefined })[0] as OwnKey
}
const KEY = keyOf('gha/81/19/2/55/aaaaaaaa/x')
const NO_JOB = keyOf('gha/81/19/2/0/aaaaaaaa/x')

const found = <T>(value: T): Answer<T> => ({ kind: 'found', value })
const unknown = (why: string): Answer<never> => ({ kind: 'unknown', why })
const NOT_FOUND: Answer<never> = { kind: 'not found' }
const run = (fields: Partial<Run> = {}) => found({ completed: false, status: 'in progress', attempt: 2, ...fields })

/** What GitHub answers. */
interface Answers {
  run?: Answer<Run>
  canReadRuns?: Answer<unknown>
  jobs?: Answer<Map<string, boolean>>
}

/** Decides about a key. @returns the verdict, and the requests */
async function verdictOn(facts: Partial<Facts>, answers: Answers = {}) {
  const asked: string[] = []
  const given = <T>(what: string, answer: T | undefined): Promise<T> => {
    asked.push(what)
    return Promise.resolve(answer as T)
  }
  const reader = {
    run: ({ repository, runId }) => given(`run ${runId} of ${repository}`, answers.run),
    canReadRuns: ({ repository }) => given(`runs of ${repository}`, answers.canReadRuns),
    jobs: (_address, attempt) => given(`jobs of attempt ${attempt}`, answers.jobs),
  } as Pick<RunReader, 'run' | 'canReadRuns' | 'jobs'> as RunReader
  const known = { key: KEY, own: OWN, ageHours: 1, maxAgeHours: 121, repository: found('o/shop'), ...facts }
  const { kind, reason } = await decide(known, reader)
  return [`${kind}: ${reason}`, ...asked]
}

const RUN = 'run 19 of o/shop'
const RUNS = 'runs of o/shop'
const JOBS = 'jobs of attempt 2'

test.each<[string, Partial<Facts>, Answers, string[]]>([
  [
    'of a repository that the token does not see, however old',
    { repository: NOT_FOUND, ageHours: 999 },
    {},
    ['unseen: the github_token does not see its repository'],
  ],
  ['of an unknown repository', { repository: unknown('x'), ageHours: 999 }, {}, ['unknown: x']],
  [
    "of the sweep's own job",
    { key: keyOf('gha/81/77/1/770/aaaaaaaa'), ageHours: 999 },
    {},
    ["kept: the sweep's own job"],
  ],
  [
    "of the sweep's own run",
    { key: keyOf('gha/81/77/1/0/aaaaaaaa'), ageHours: 999 },
    {},
    ["kept: the sweep's own run, and its name has no job ID"],
  ],
  [
    'of a run with the same ID in another repository',
    { key: keyOf('gha/82/77/1/0/aaaaaaaa'), ageHours: 999 },
    {},
    ['revoke: it is older than 121 hours'],
  ],
  ['just too old', { ageHours: 121.01 }, {}, ['revoke: it is older than 121 hours']],
  ['not quite too old', { ageHours: 121 }, { run: unknown('x') }, ['unknown: x', RUN]],
  ['of a completed run', {}, { run: run({ completed: true }) }, ['revoke: its run has completed', RUN]],
  [
    'of a completed run, later attempt',
    {},
    { run: run({ completed: true, attempt: 3 }) },
    ['revoke: its run has completed', RUN],
  ],
  [
    'of a completed run, earlier attempt',
    {},
    { run: run({ completed: true, attempt: 1 }), jobs: unknown('x') },
    ['unknown: GitHub answered about an earlier attempt', RUN],
  ],
  ['of an earlier attempt', {}, { run: run({ attempt: 3 }) }, ['revoke: its run is on a later attempt', RUN]],
  [
    'of a completed job',
    {},
    { run: run(), jobs: found(new Map([['55', true]])) },
    ['revoke: its job has completed', RUN, JOBS],
  ],
  [
    'of a running job',
    {},
    { run: run(), jobs: found(new Map([['55', false]])) },
    ['kept: its job has not completed', RUN, JOBS],
  ],
  [
    'of a job that is not listed',
    {},
    { run: run(), jobs: found(new Map()) },
    ['kept: its run is in progress, and GitHub does not list its job', RUN, JOBS],
  ],
  [
    'whose jobs are not listed',
    {},
    { run: run({ status: 'queued' }), jobs: NOT_FOUND },
    ['kept: its run is queued, and GitHub has no list of its jobs', RUN, JOBS],
  ],
  ['whose jobs are unknown', {}, { run: run(), jobs: unknown('x') }, ['unknown: x', RUN, JOBS]],
  [
    'without a job ID',
    { key: NO_JOB },
    { run: run() },
    ['kept: its run is in progress, and its name has no job ID', RUN],
  ],
  ['of a deleted run', {}, { run: NOT_FOUND, canReadRuns: found(1) }, ['revoke: its run was deleted', RUN, RUNS]],
  [
    'of a run that is not found, by a token that cannot read runs',
    {},
    { run: NOT_FOUND, canReadRuns: NOT_FOUND },
    ['refused: the github_token cannot read runs (404)', RUN, RUNS],
  ],
  [
    'of a run that is not found, by a token about which nothing is known',
    {},
    { run: NOT_FOUND, canReadRuns: unknown('x') },
    ['unknown: x', RUN, RUNS],
  ],
])('a key %s', async (_case, facts, answers, expected) => expect(await verdictOn(facts, answers)).toEqual(expected))

test('without any rule, nothing is decided silently', async () => {
  const known = { key: KEY, own: OWN, ageHours: 1, maxAgeHours: 121, repository: NOT_FOUND }
  const reader = {
    run: async () => unknown('x'),
    canReadRuns: async () => unknown('x'),
  } as Partial<RunReader> as RunReader
  await expect(decide(known, reader, [])).rejects.toThrow(`no rule decides about the key ${KEY.name}`)
})
