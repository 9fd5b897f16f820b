import { Deadline } from '../base/clock.ts'
import { concurrently } from '../base/concurrently.ts'
import { formatError, GithubRefused, RateLimited } from '../base/errors.ts'
import { readProxySettings } from '../base/proxy-settings.ts'
import { type Answer, CANCELLED, GithubApi, type Inconclusive, OUT_OF_TIME } from '../github/api.ts'
import { serverTag } from '../github/key-name.ts'
import { fetchRepositories, type Repositories } from '../github/repositories.ts'
import { type RunContext, readRunContext } from '../github/run-context.ts'
import { RunReader } from '../github/run-reader.ts'
import { connect, type Neon } from '../neon/client.ts'
import type { Keys } from '../neon/keys.ts'
import { listExplained, resolveScope } from '../neon/resolve-scope.ts'
import { describeScope, type Scope } from '../neon/scope.ts'
import { decide } from './decide.ts'
import { countKeys, type KeyResult } from './key-result.ts'
import { type OwnKey, ownKeys } from './own-keys.ts'
import { readSweepInputs } from './sweep-inputs.ts'
import { reportSweep } from './sweep-report.ts'
import type { Rule, Verdict } from './verdicts.ts'
import type { World } from './world.ts'

/** Milliseconds; 10,000 revocations at Neon's 700 requests a minute take 15 minutes. */
export const SWEEP_DEADLINE = 25 * 60_000

/** Milliseconds for one key, so that a few that cannot be revoked do not block the others. */
const KEY_DEADLINE = 60_000

/** How many keys are processed at the same time. */
const CONCURRENCY = 4

/** Milliseconds between two lines of progress. */
const PROGRESS_INTERVAL = 10_000

const HOUR = 3_600_000

/**
 * The sweep: revokes the keys that no post step could revoke, the oldest first.
 *
 * @param rules of the sweep; the campaign removes one to check that it notices
 * @throws {InputError | RunnerError} before any request
 * @throws {NeonRefused | NeonUnreachable | GaveUp} if the keys cannot be listed
 * @throws {GithubRefused} if GitHub denies this token access
 * @throws {KeyMayBeAlive} if a key could not be revoked; all others are processed by then
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
  const runReader = new RunReader(api, inputs.allRepositories ? undefined : { repository, runId: own.runId })
  const revoker = new Revoker(world, deadline, () => connectWithin(new Deadline(clock, KEY_DEADLINE)).keysOf(scope))
  const progress = progressOf(world)
  const results: KeyResult[] = []

  await concurrently(keys, CONCURRENCY, async (key) => {
    const ageHours = (neon.date() - Date.parse(key.createdAt)) / HOUR
    const named = repositoryOf(key, repositories)
    const facts = { key, own, ageHours, maxAgeHours: inputs.maxAgeHours, repository: named }
    const verdict = await decide(facts, runReader, rules)
    const { kind, reason } = verdict.kind === 'revoke' && !inputs.dryRun ? await revoker.revoke(key, verdict) : verdict
    results.push({
      key,
      repository: named.kind === 'found' ? named.value : undefined,
      kind: kind === 'revoke' ? 'revoked' : kind,
      reason,
    })
    progress(results.length, keys.length)
  })
  await reportSweep(world, results, inputs)
}

async function listKeys(neon: Neon, scope: Scope) {
  const listed = await listExplained(neon, scope)
  return scope.kind === 'project' ? listed.filter((key) => key.projectId === scope.projectId) : listed
}

/** @throws {GithubRefused} */
async function findRepositories(api: GithubApi): Promise<Answer<Repositories>> {
  const answer = await fetchRepositories(api)
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

/** Revokes keys until the time is up, the job is cancelled, or Neon's rate limit is reached. */
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

  async revoke(key: OwnKey, { reason }: Verdict): Promise<Pick<KeyResult, 'kind' | 'reason'>> {
    const end = this.#reasonToStop()
    if (end) return { kind: end.kind, reason: end.why }
    try {
      await this.#connect().revokeAndConfirm(key)
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

/** Logs the progress of a long sweep from time to time. */
function progressOf({ runner, clock }: World): (done: number, all: number) => void {
  let last = clock.now()
  return (done, all) => {
    if (clock.now() - last < PROGRESS_INTERVAL) return
    last = clock.now()
    runner.info(`${done} of ${all} keys`)
  }
}
