import { documentedErrors } from './invariants.ts'
import type { SweepLife, SweptKey, Told } from './sweep-life.ts'
import { OWN_JOB, OWN_RUN, REPOSITORIES } from './sweep-world.ts'

/** Milliseconds that a sweep may last (docs/behavior.md), not the constant of the code. */
const SWEEP_BOUND = 25 * 60_000
/** Milliseconds from the cancellation of a job to the end of its processes. */
const CANCEL_BOUND = 10_000

/** The required outcome for a key: revoked, kept, kept with a warning, or kept while the sweep fails. */
export type Fate = 'revoked' | 'kept' | 'warned' | 'failed'

/** A key with GitHub's answers about it, the input of the table in docs/behavior.md. */
interface Case extends SweptKey {
  life: SweepLife
  /** About its run, the jobs of its run attempt, and the request that shows whether the token can read runs there. */
  run: SweptKey['run']
  ofRun: Told | undefined
  ofJobs: Told | undefined
  ofReading: Told | undefined
  ofRepositories: Told | undefined
}

const told = (answer: Told | undefined, what: string): boolean =>
  answer?.status === 200 && answer.body?.[what] !== undefined
const attemptOf = ({ name }: Case): number => Number(name.runAttempt)
/** An answer about the run, of the key's run attempt or a later one. */
const timely = (key: Case): boolean => told(key.ofRun, 'run_attempt') && key.ofRun?.body.run_attempt >= attemptOf(key)
const goesOn = (key: Case): boolean =>
  timely(key) && key.ofRun?.body.status !== 'completed' && key.ofRun?.body.run_attempt === attemptOf(key)
const jobOf = (key: Case) => key.ofJobs?.body?.jobs?.find(({ id }: { id: number }) => String(id) === key.name.jobId)
const never = (answer: Told | undefined): boolean =>
  answer?.status === 401 || (answer?.status === 403 && !answer.limited)

/** The table of docs/behavior.md, *Sweep*: the first row that applies. */
export const TABLE: readonly [row: string, applies: (key: Case) => boolean, Fate][] = [
  [
    'the token does not see its repository',
    (key) => key.life.world.repositories === 'all' && told(key.ofRepositories, 'repositories') && !sees(key),
    'kept',
  ],
  [
    'the repositories are not available now',
    (key) => key.life.world.repositories === 'all' && !told(key.ofRepositories, 'repositories'),
    'warned',
  ],
  ["of the sweep's own job", (key) => isOwn(key), 'kept'],
  ['older than max_age_hours', (key) => key.ageHours > key.life.world.maxAgeHours, 'revoked'],
  ['its run has completed', (key) => timely(key) && key.ofRun?.body.status === 'completed', 'revoked'],
  ['its run is on a later attempt', (key) => timely(key) && key.ofRun?.body.run_attempt > attemptOf(key), 'revoked'],
  ['its job has completed', (key) => goesOn(key) && jobOf(key)?.status === 'completed', 'revoked'],
  [
    'its job may still be running',
    (key) => goesOn(key) && (key.name.jobId === '0' || key.ofJobs?.status === 404 || told(key.ofJobs, 'jobs')),
    'kept',
  ],
  [
    'its run was deleted',
    (key) => key.ofRun?.status === 404 && (told(key.ofReading, 'run_attempt') || told(key.ofReading, 'workflow_runs')),
    'revoked',
  ],
  ['GitHub denies access', (key) => never(key.ofReading) || wasRefused(key) || key.ofReading?.status === 404, 'failed'],
  ["the run's status is not available now", () => true, 'warned'],
]

/** After GitHub has denied access to a repository or rejected the token, no more requests are sent. */
function wasRefused({ run, life }: Case): boolean {
  const questions = life.runs
    .filter(({ repository }) => repository === run.repository)
    .flatMap(({ id, attempts }) => [id, ...attempts.map(({ number }) => `${id}/${number}`)])
  return (
    [run.repository.name, ...questions].some((question) => never(life.told.get(question))) ||
    [...life.told.values()].some(({ status }) => status === 401)
  )
}

function isOwn({ name, life: { world } }: Case): boolean {
  if (name.repositoryId !== REPOSITORIES[0].id || name.runId !== OWN_RUN) return false
  const sameJob = world.knowsJob && name.jobId === OWN_JOB && name.runAttempt === String(world.ownAttempt)
  return name.jobId === '0' || sameJob
}

function sees({ run, life: { world } }: Case): boolean {
  return world.sees[REPOSITORIES.indexOf(run.repository)] ?? false
}

/** The row of the table that applies to each key in scope. */
export function rowsOf(life: SweepLife): { key: SweptKey; row: string; fate: Fate }[] {
  const { world, keys } = life
  const inQuestion = keys.filter(({ run }) => world.repositories === 'all' || run.repository === REPOSITORIES[0])
  return inQuestion.map((key) => {
    const ofRun = life.told.get(key.run.id)
    const reading = world.repositories === 'all' ? key.run.repository.name : OWN_RUN
    const ofReading = ofRun?.status === 404 ? life.told.get(reading) : undefined
    const ofJobs = life.told.get(`${key.run.id}/${key.name.runAttempt}`)
    const known: Case = { ...key, life, ofRun, ofJobs, ofReading, ofRepositories: life.told.get('repositories') }
    const [row, , fate] = TABLE.find(([, applies]) => applies(known)) as (typeof TABLE)[number]
    return { key, row, fate }
  })
}

/** @returns the broken invariants */
export function sweepViolationsOf(life: SweepLife): string[] {
  return [
    ...noJobLosesItsKey(life),
    ...nothingForeignTouched(life),
    ...asTheTableSays(life),
    ...asksOnce(life),
    ...inTime(life),
    ...noSecretAstray(life),
    ...documentedErrors([life.sweep]),
  ]
}

/** (a) Independent of the table: no key of a running job is revoked, except for its age, and none of the own job. */
function noJobLosesItsKey({ keys, revokedAt, world }: SweepLife): string[] {
  return keys.flatMap(({ key, name, run, ageHours }) => {
    const moment = revokedAt.get(key.id)
    if (moment === undefined) return []
    const over = run.isOver(Number(name.runAttempt), name.jobId, moment)
    if (world.knowsJob && name.jobId === OWN_JOB) return [`(a) the key ${key.name} of the sweep's own job was revoked`]
    return over || ageHours > world.maxAgeHours ? [] : [`(a) the key ${key.name} was revoked and its job goes on`]
  })
}

/** (b) */
function nothingForeignTouched(life: SweepLife): string[] {
  const inQuestion = new Set(rowsOf(life).map(({ key }) => key.key.id))
  return [...life.revokedAt.keys()]
    .filter((id) => !inQuestion.has(id))
    .map((id) => `(b) asked to revoke the key ${id}, which is not in question`)
}

/** (c) Each key has the outcome of its row; doubts are reported, and nothing else is. */
function asTheTableSays(life: SweepLife): string[] {
  const { sweep, world, revokedAt, neonMishaps } = life
  const { revoked_count, kept_count, failed_count } = sweep.outputs
  const log = sweep.log.join('\n')
  const calm = neonMishaps === 0 && world.cancelled === undefined
  const rows = rowsOf(life)
  if (revoked_count === undefined) {
    const refused = [...life.told.values()].some(never) || life.told.get('repositories')?.status === 404
    return calm && !refused ? [`(c) the sweep reported nothing: ${sweep.error}`] : []
  }
  const counted = Number(revoked_count) + Number(kept_count) + Number(failed_count)
  const stopped = world.cancelled !== undefined || [...life.told.values()].some(({ limited }) => limited)
  const warns = /\d keys? (?:remaining|kept, although)/.test(log)
  const fates = new Set(rows.map(({ fate }) => fate))
  const broken = rows.flatMap(({ key: { key }, row, fate }): string[] => {
    const asked = revokedAt.has(key.id)
    const reported = sweep.error.includes(key.id) || log.includes('remaining') || world.cancelled !== undefined
    if (fate !== 'revoked') return asked ? [`asked to revoke ${key.name}: ${row}`] : []
    return key.revokedAt !== undefined || (!calm && reported) ? [] : [`did not revoke ${key.name}: ${row}`]
  })
  return [
    ...broken,
    ...(counted === rows.length ? [] : [`counted ${counted} of ${rows.length} keys`]),
    ...(fates.has('warned') && !warns && calm ? ['gave no warning'] : []),
    ...(calm && warns && !fates.has('warned') && !fates.has('failed') ? ['gave a warning without need'] : []),
    ...(fates.has('failed') && sweep.ending === 'success' ? ['succeeded, although GitHub will never tell'] : []),
    ...(calm && sweep.ending === 'failure' && !fates.has('failed') ? [`failed without need: ${sweep.error}`] : []),
    ...(rows.some(
      ({ key, row }) =>
        row.endsWith('not available now') && !life.told.has(key.run.id) && !life.told.has('repositories'),
    ) && !stopped
      ? ['did not ask about a run']
      : []),
  ].map((what) => `(c) ${what}`)
}

/** (d) One request per run and one per list of jobs, unless GitHub asked for a pause. */
function asksOnce({ github, world }: SweepLife): string[] {
  const pauses = world.github.filter((mishap) => mishap?.kind === 'status' && mishap.headers).length
  return github.asked.length - new Set(github.asked).size > pauses ? [`(d) asked twice: ${github.asked}`] : []
}

/** (e) */
function inTime({ sweep, world: { cancelled = Number.POSITIVE_INFINITY } }: SweepLife): string[] {
  const took = sweep.end - sweep.start
  const inTime = took <= Math.min(SWEEP_BOUND, cancelled + CANCEL_BOUND) && !['stuck', 'killed'].includes(sweep.ending)
  return inTime ? [] : [`(e) ${sweep.ending} after ${took} ms`]
}

/** (f), and that every request and simulated answer is valid. */
function noSecretAstray({ sweep, neon, github }: SweepLife): string[] {
  const texts = [...sweep.log, ...Object.values(sweep.outputs), sweep.error]
  const astray = texts.some((text) => text.includes(github.token) || text.includes(neon.organizationKey))
  const invalid = [...neon.violations, ...github.violations, ...neon.requests.flatMap(({ violations }) => violations)]
  return [...(astray ? ['(f) a secret in the log or an output'] : []), ...invalid.map((what) => `(OpenAPI) ${what}`)]
}
