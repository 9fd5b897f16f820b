import { Deadline } from '../base/clock.ts'
import { concurrently } from '../base/concurrently.ts'
import { formatError, GithubRefused, RateLimited } from '../base/errors.ts'
import { readProxySettings } from '../base/proxy-settings.ts'
import { type Answer, CANCELLED, GithubApi, type Inconclusive, OUT_OF_TIME } from '../github/api.ts'
import { Inquiry } from '../github/inquiry.ts'
import { serverTag } from '../github/key-name.ts'
import { askForRepositories, type Repositories } from '../github/repositories.ts'
import { type RunContext, readRunContext } from '../github/run-context.ts'
import { connect, type Neon } from '../neon/client.ts'
import type { Keys } from '../neon/keys.ts'
import { listExplained, resolveScope } from '../neon/resolve-scope.ts'
import { describeScope, type Scope } from '../neon/scope.ts'
import { decide } from './decide.ts'
import { type OwnKey, ownKeys } from './own-keys.ts'
import { readSweepInputs } from './sweep-inputs.ts'
import { conclude } from './sweep-report.ts'
import { countKeys, type Treatment } from './treatment.ts'
import type { Rule, Verdict } from './verdicts.ts'
import type { World } from './world.ts'

/** Milliseconds; 10,000 revocations at Neon's 700 requests a minute take 15 minutes. */
export const SWEEP_DEADLINE = 25 * 60_000

/** Milliseconds for one key, so that a few that cannot be revoked do not hold up all others. */
const KEY_DEADLINE = 60_000

/** How many keys are dealt with at once. */
const CONCURRENCY = 4

/** Milliseconds between two lines of progress. */
const PROGRESS_INTERVAL = 10_000

const HOUR = 3_600_000

/**
 * The sweep: revokes the keys that no post step could revoke, the oldest first.
 *
 * @param rules of the sweep; the campaign takes one out to see whether that is noticed
 * @throws {InputError | RunnerError} before any request
 * @throws {NeonRefused | NeonUnreachable | GaveUp} when the keys cannot be listed
 * @throws {GithubRefused} when GitHub will never tell this token what has to be known
 * @throws {KeyMayBeAlive} when a key that should have been revoked could not be; all others are done by then
 */
export async function sweepKeys(world: World, rules?: readonly Rule[]): Promise<void> {
  const { runner, environment, clock, cancelled } = world
  const inputs = readSweepInputs(runner)
  const own = readRunContext(world, inputs.jobId)
  const deadline = new Deadline(clock, SWEEP_DEADLINE)
  const http = world.openHttp(readProxySettings(environment))
  const connectWithin = (limit: Deadline): Neon =>
    connect({ ...world, http }, { ...inputs, deadline: limit, onWait: runner.debug })

  const neon = connectWithin(deadline)
  const scope = await resolveScope(neon, inputs.scope, 'list')
  const listed = await listKeys(neon, scope)
  const repositoryId = inputs.allRepositories ? undefined : own.repositoryId
  const keys = ownKeys(listed, { server: serverTag(own.serverUrl), repositoryId })
  const whose = inputs.allRepositories ? 'on this server' : 'for this repository'
  runner.info(
    `${countKeys(listed.length)} in the ${describeScope(scope)}, ${keys.length} created by this action ${whose}.`,
  )

  const { GITHUB_API_URL: baseUrl = 'https://api.github.com', GITHUB_REPOSITORY: repository = '' } = environment
  const api = new GithubApi({ token: inputs.githubToken, baseUrl, http, clock, deadline, cancelled })
  const repositories = inputs.allRepositories ? await findRepositories(api) : onlyThis(own, repository)
  const inquiry = new Inquiry(api, inputs.allRepositories ? undefined : { repository, runId: own.runId })
  const revoker = new Revoker(world, deadline, () => connectWithin(new Deadline(clock, KEY_DEADLINE)).keysOf(scope))
  const progress = progressOf(world)
  const treatments: Treatment[] = []

  await concurrently(keys, CONCURRENCY, async (key) => {
    const ageHours = (neon.date() - Date.parse(key.createdAt)) / HOUR
    const named = repositoryOf(key, repositories)
    const facts = { key, own, ageHours, maxAgeHours: inputs.maxAgeHours, repository: named }
    const verdict = await decide(facts, inquiry, rules)
    const { kind, reason } = verdict.kind === 'revoke' && !inputs.dryRun ? await revoker.revoke(key, verdict) : verdict
    treatments.push({
      key,
      repository: named.kind === 'found' ? named.value : undefined,
      kind: kind === 'revoke' ? 'revoked' : kind,
      reason,
    })
    progress(treatments.length, keys.length)
  })
  await conclude(world, treatments, inputs)
}

async function listKeys(neon: Neon, scope: Scope) {
  const listed = await listExplained(neon, scope)
  return scope.kind === 'project' ? listed.filter((key) => key.projectId === scope.projectId) : listed
}

/** @throws {GithubRefused} */
async function findRepositories(api: GithubApi): Promise<Answer<Repositories>> {
  const answer = await askForRepositories(api)
  if (answer.kind !== 'refused' && answer.kind !== 'not found') return answer
  const why = answer.kind === 'refused' ? answer.why : 'GitHub lists no repositories for the github_token (404)'
  throw new GithubRefused(
    `${why}. With repositories: all, the github_token must be the installation token of a GitHub App; actions/create-github-app-token creates one.`,
  )
}

function onlyThis({ repositoryId }: RunContext, repository: string): Answer<Repositories> {
  return { kind: 'found', value: new Map([[repositoryId, repository]]) }
}

/** The name of a key's repository. */
function repositoryOf({ parsed }: OwnKey, repositories: Answer<Repositories>): Answer<string> {
  if (repositories.kind !== 'found') return repositories
  const value = repositories.value.get(parsed.repositoryId)
  return value === undefined ? { kind: 'not found' } : { kind: 'found', value }
}

/** Revokes keys until the time is over, the job is cancelled, or Neon's rate limit is reached. */
class Revoker {
  readonly #world: World
  readonly #deadline: Deadline
  readonly #connect: () => Keys
  #end: Inconclusive | undefined

  constructor(world: World, deadline: Deadline, connect: () => Keys) {
    this.#world = world
    this.#deadline = deadline
    this.#connect = connect
  }

  async revoke(key: OwnKey, { reason }: Verdict): Promise<Pick<Treatment, 'kind' | 'reason'>> {
    const end = this.#reasonToStop()
    if (end) return { kind: end.kind, reason: end.why }
    try {
      await this.#connect().revokeForCertain(key)
      return { kind: 'revoked', reason }
    } catch (error) {
      if (!(error instanceof RateLimited)) return { kind: 'failed', reason: formatError(error) }
      this.#end = { kind: 'postponed', why: "Neon's rate limit is reached; the next sweep continues" }
      return { kind: 'postponed', reason: this.#end.why }
    }
  }

  #reasonToStop(): Inconclusive | undefined {
    if (this.#world.cancelled.aborted) return CANCELLED
    return this.#end ?? (this.#deadline.remaining() < KEY_DEADLINE ? OUT_OF_TIME : undefined)
  }
}

/** Says now and then how far a long sweep is. */
function progressOf({ runner, clock }: World): (done: number, all: number) => void {
  let last = clock.now()
  return (done, all) => {
    if (clock.now() - last < PROGRESS_INTERVAL) return
    last = clock.now()
    runner.info(`${done} of ${all} keys`)
  }
}
