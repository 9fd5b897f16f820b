import { Deadline } from '../base/clock.ts'
import { concurrently } from '../base/concurrently.ts'
import { Cancelled, describe, KeyMayBeAlive } from '../base/errors.ts'
import { parseKeyName, serverTag } from '../github/key-name.ts'
import { readRunContext } from '../github/run-context.ts'
import { type GithubRuns, openGithub, type RunState } from '../github/runs.ts'
import { NeonApi } from '../neon/client.ts'
import { explained, resolveScope } from '../neon/resolve-scope.ts'
import type { Patience } from '../neon/retry.ts'
import { revokeById } from '../neon/revoke-by-id.ts'
import { describeScope } from '../neon/scope.ts'
import { judge, type OwnKey, ownKeys, type SweepRun, type Verdict } from './orphans.ts'
import { readSweepInputs } from './sweep-inputs.ts'
import { countKeys, type Outcome, summarize } from './sweep-report.ts'
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
  const { runner, environment, clock, http, random, cancelled } = world
  const inputs = readSweepInputs(runner)
  const own = readRunContext(environment)
  const deadline = new Deadline(clock, SWEEP_DEADLINE)
  const connect = (within: Deadline): NeonApi => {
    const patience: Patience = { clock, deadline: within, random, cancelled, onWait: runner.debug }
    return new NeonApi({ apiHost: inputs.apiHost, apiKey: inputs.apiKey, http, patience })
  }
  const neon = connect(deadline)

  const scope = await resolveScope(neon, inputs.scope, 'list')
  const listed = await explained('list', scope, neon, () => neon.listKeys(scope))
  const inScope = scope.projectId === undefined ? listed : listed.filter((key) => key.projectId === scope.projectId)
  const keys = ownKeys(inScope, { server: serverTag(own.serverUrl), repositoryId: own.repositoryId }, parseKeyName)
  runner.info(
    `${countKeys(listed.length)} in the ${describeScope(scope)}, ${keys.length} made by this action for this repository.`,
  )

  const github = openGithub({ token: inputs.githubToken, repository: environment.GITHUB_REPOSITORY ?? '', http })
  const progress = progressOf(world)
  const states = await askForRuns(keys, own, github, cancelled, progress)
  const verdicts = keys.map((key) => {
    const age = (clock.date() - Date.parse(key.createdAt)) / HOUR
    return judge(key, states.get(key.parsed.runId) ?? OWN_RUN, own, age, inputs.maxAgeHours)
  })

  const outcomes: Outcome[] = []
  await concurrently(verdicts, CONCURRENCY, async (verdict) => {
    outcomes.push(await carryOut(verdict))
    progress('revoking', outcomes.length, verdicts.length)
  })

  async function carryOut(verdict: Verdict): Promise<Outcome> {
    if (!verdict.revoke) return { ...verdict, kind: 'kept' }
    if (inputs.dryRun) return { ...verdict, kind: 'revoked' }
    if (cancelled.aborted) return { ...verdict, kind: 'kept', postponed: true, reason: CANCELLED.why }
    if (deadline.remaining() < KEY_DEADLINE) {
      return { ...verdict, kind: 'kept', postponed: true, reason: "the sweep's time is over; the next one goes on" }
    }
    try {
      await revokeById(connect(new Deadline(clock, KEY_DEADLINE)), scope, verdict.key)
      return { ...verdict, kind: 'revoked' }
    } catch (error) {
      return { ...verdict, kind: 'failed', reason: describe(error) }
    }
  }

  await conclude(world, outcomes, inputs.dryRun)
}

/** Asks GitHub about each run once, those of the oldest keys first. */
async function askForRuns(
  keys: readonly OwnKey[],
  own: SweepRun,
  github: GithubRuns,
  cancelled: AbortSignal,
  progress: Progress,
): Promise<Map<string, RunState>> {
  const states = new Map<string, RunState>()
  const runIds = [...new Set(keys.map((key) => key.parsed.runId))].filter((runId) => runId !== own.runId)
  let tokenReads: Promise<boolean> | undefined
  await concurrently(runIds, CONCURRENCY, async (runId) => {
    const answer = cancelled.aborted ? CANCELLED : await github.ask(runId)
    if (answer.kind === 'not found') {
      // A token that may not read runs is answered 404 for every one, as if all were deleted.
      tokenReads ??= github.ask(own.runId).then(({ kind }) => kind === 'active' || kind === 'completed')
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

/** The state of the sweep's own run is not asked for; nothing is done to its keys. */
const OWN_RUN: RunState = { kind: 'active', status: 'in progress', attempt: undefined }

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

/** Outputs, log, summary; fails when a key that should be dead may be alive. */
async function conclude(
  { runner, environment, cancelled }: World,
  outcomes: Outcome[],
  dryRun: boolean,
): Promise<void> {
  const of = (kind: Outcome['kind']): Outcome[] => outcomes.filter((outcome) => outcome.kind === kind)
  const [revoked, kept, failed] = [of('revoked'), of('kept'), of('failed')]
  runner.output('revoked_count', String(revoked.length))
  runner.output('kept_count', String(kept.length))
  runner.output('failed_count', String(failed.length))
  for (const { key, reason } of revoked) {
    runner.info(`${dryRun ? 'Would revoke' : 'Revoked'} ${key.id} (${key.name}): ${reason}.`)
  }
  for (const [reason, count] of countBy(kept)) runner.info(`Kept ${count}: ${reason}.`)
  const postponed = kept.filter((outcome) => outcome.postponed)
  if (postponed.length > 0) {
    runner.warning(`${countKeys(postponed.length)} remaining: ${postponed[0]?.reason}.`, 'The sweep stopped early')
  }
  const unsure = kept.filter((outcome) => outcome.unsure)
  if (unsure.length > 0) {
    runner.warning(
      `${countKeys(unsure.length)} kept, although the runs may be over: ${[...countBy(unsure).keys()].join('; ')}.`,
      'The sweep could not tell about all keys',
    )
  }
  await runner.summary(summarize(outcomes, dryRun, environment))
  if (cancelled.aborted) throw new Cancelled('The job was cancelled in the middle of the sweep; the next one goes on.')
  if (failed.length > 0) {
    const list = failed.map(({ key, reason }) => `${key.id} (${key.name}): ${reason}`)
    throw new KeyMayBeAlive(`${countKeys(failed.length)} could not be revoked. ${list.join(' ')}`, true)
  }
}

function countBy(kept: readonly Outcome[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { reason } of kept) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return counts
}
