import { Deadline } from '../base/clock.ts'
import { concurrently } from '../base/concurrently.ts'
import { Cancelled, formatError, KeyMayBeAlive } from '../base/errors.ts'
import { readProxySettings } from '../base/proxy-settings.ts'
import { parseKeyName, serverTag } from '../github/key-name.ts'
import { readRunContext } from '../github/run-context.ts'
import { type GithubRuns, openGithub, type RunState } from '../github/runs.ts'
import { connect } from '../neon/client.ts'
import { explain, resolveScope } from '../neon/resolve-scope.ts'
import { describeScope } from '../neon/scope.ts'
import { judge, type KeyRun, type OwnKey, ownKeys, type Verdict } from './orphans.ts'
import { readSweepInputs } from './sweep-inputs.ts'
import { countKeys, groupTreatments, summarize, type Treatment } from './sweep-report.ts'
import type { World } from './world.ts'

/** Milliseconds; 10,000 revocations at Neon's 700 requests a minute take 15 minutes. */
export const SWEEP_DEADLINE = 25 * 60_000

/** Milliseconds for one key, so that a few that cannot be revoked do not hold up all others. */
const KEY_DEADLINE = 60_000

/** How many requests are under way at once, to GitHub and to Neon. */
const CONCURRENCY = 4

/** Milliseconds between two lines of progress. */
const PROGRESS_INTERVAL = 10_000

const HOUR = 3_600_000

/**
 * The sweep: revokes the keys of runs that are over, which no post step could revoke because the runner died.
 *
 * @throws {InputError | RunnerError} before any request
 * @throws {NeonRefused | NeonUnreachable | GaveUp} when the keys cannot be listed
 * @throws {KeyMayBeAlive} when a key that should have been revoked could not be; all others are done by then
 */
export async function sweepKeys(world: World): Promise<void> {
  const { runner, environment, clock, cancelled } = world
  const inputs = readSweepInputs(runner)
  const own = readRunContext(world, '0')
  const deadline = new Deadline(clock, SWEEP_DEADLINE)
  const http = world.openHttp(readProxySettings(environment))
  const connectWithin = (limit: Deadline) =>
    connect({ ...world, http }, { ...inputs, deadline: limit, onWait: runner.debug })
  const neon = connectWithin(deadline)

  const scope = await resolveScope(neon, inputs.scope, 'list')
  const listed = await neon
    .keysOf(scope)
    .list()
    .catch(async (error) => {
      throw await explain(error, neon, { purpose: 'list', scope })
    })
  const inScope = scope.kind === 'project' ? listed.filter((key) => key.projectId === scope.projectId) : listed
  const keys = ownKeys(inScope, { server: serverTag(own.serverUrl), repositoryId: own.repositoryId }, parseKeyName)
  runner.info(
    `${countKeys(listed.length)} in the ${describeScope(scope)}, ${keys.length} made by this action for this repository.`,
  )

  const github = openGithub({ token: inputs.githubToken, repository: environment.GITHUB_REPOSITORY ?? '', http })
  const progress = progressOf(world)
  const runs = await askForRuns({ keys, ownRunId: own.runId, github, cancelled, progress })
  const treatments: Treatment[] = []
  await concurrently(keys, CONCURRENCY, async (key) => {
    const hours = (clock.date() - Date.parse(key.createdAt)) / HOUR
    const run = runs.get(key.parsed.runId) ?? OWN_RUN
    treatments.push({ key, ...(await carryOut(key, judge(key, run, { hours, maxHours: inputs.maxAgeHours }))) })
    progress('revoking', treatments.length, keys.length)
  })

  async function carryOut(key: OwnKey, { kind, reason }: Verdict): Promise<Omit<Treatment, 'key'>> {
    if (kind !== 'revoke') return { kind, reason }
    if (inputs.dryRun) return { kind: 'revoked', reason }
    if (cancelled.aborted) return { kind: 'postponed', reason: CANCELLED.why }
    if (deadline.remaining() < KEY_DEADLINE) {
      return { kind: 'postponed', reason: "the sweep's time is over; the next one goes on" }
    }
    try {
      await connectWithin(new Deadline(clock, KEY_DEADLINE)).keysOf(scope).revokeForCertain(key)
      return { kind: 'revoked', reason }
    } catch (error) {
      return { kind: 'failed', reason: formatError(error) }
    }
  }

  await conclude(world, treatments, inputs.dryRun)
}

interface Questions {
  keys: readonly OwnKey[]
  /** Not asked about: its keys are in use. */
  ownRunId: string
  github: GithubRuns
  cancelled: AbortSignal
  progress: Progress
}

/** Asks GitHub about each run once, those of the oldest keys first. */
async function askForRuns({ keys, ownRunId, github, cancelled, progress }: Questions): Promise<Map<string, RunState>> {
  const states = new Map<string, RunState>()
  const runIds = [...new Set(keys.map((key) => key.parsed.runId))].filter((runId) => runId !== ownRunId)
  let tokenReads: Promise<boolean> | undefined
  await concurrently(runIds, CONCURRENCY, async (runId) => {
    const answer = cancelled.aborted ? CANCELLED : await github.ask(runId)
    if (answer.kind === 'not found') {
      // A token that may not read runs is answered 404 for every one, as if all were deleted.
      tokenReads ??= github.ask(ownRunId).then(({ kind }) => kind === 'active' || kind === 'completed')
      states.set(runId, (await tokenReads) ? { kind: 'deleted' } : UNREADABLE)
    } else {
      states.set(runId, answer)
    }
    progress('asking GitHub about runs', states.size, runIds.length)
  })
  return states
}

const UNREADABLE: RunState = { kind: 'unknown', why: 'GitHub shows no runs to this token (it needs actions: read)' }

const CANCELLED = { kind: 'postponed', why: 'the job was cancelled; the next sweep goes on' } as const

const OWN_RUN: KeyRun = { kind: 'own' }

type Progress = (what: string, done: number, all: number) => void

/** Says now and then how far a long sweep is. */
function progressOf({ runner, clock }: World): Progress {
  let last = clock.now()
  return (what, done, all) => {
    if (clock.now() - last < PROGRESS_INTERVAL) return
    last = clock.now()
    runner.info(`${what}: ${done} of ${all}`)
  }
}

/** Writes outputs, log and summary; throws when a key that should be revoked may be alive. */
async function conclude(world: World, treatments: readonly Treatment[], dryRun: boolean): Promise<void> {
  const { runner, environment, cancelled } = world
  const groups = groupTreatments(treatments)
  const { revoked, kept, failed } = groups
  runner.output('revoked_count', String(revoked.length))
  runner.output('kept_count', String(kept.length))
  runner.output('failed_count', String(failed.length))
  for (const { key, reason } of revoked) {
    runner.info(`${dryRun ? 'Would revoke' : 'Revoked'} ${key.id} (${key.name}): ${reason}.`)
  }
  for (const [reason, count] of countReasons(kept)) runner.info(`Kept ${count}: ${reason}.`)
  const postponed = kept.filter(({ kind }) => kind === 'postponed')
  if (postponed.length > 0) {
    runner.warning(`${countKeys(postponed.length)} remaining: ${postponed[0]?.reason}.`, 'The sweep stopped early')
  }
  const unsure = kept.filter(({ kind }) => kind === 'unsure')
  if (unsure.length > 0) {
    runner.warning(
      `${countKeys(unsure.length)} kept, although the runs may be over: ${[...countReasons(unsure).keys()].join('; ')}.`,
      'The sweep could not tell about all keys',
    )
  }
  await runner.summary(summarize(groups, dryRun, environment))
  if (cancelled.aborted) throw new Cancelled('The job was cancelled in the middle of the sweep; the next one goes on.')
  if (failed.length > 0) {
    const list = failed.map(({ key, reason }) => `${key.id} (${key.name}): ${reason}`)
    throw new KeyMayBeAlive(`${countKeys(failed.length)} could not be revoked. ${list.join(' ')}`, {
      fatal: true,
      commands: [],
    })
  }
}

function countReasons(treatments: readonly Treatment[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { reason } of treatments) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return counts
}
