import { getOctokit } from '@actions/github'
import type { Clock, Deadline } from '../base/clock.ts'
import { formatError } from '../base/errors.ts'
import type { Http } from '../base/http.ts'

/** What came of a question to GitHub. */
export type Answer<T> =
  | { kind: 'found'; value: T }
  /** 404: there is no such thing, or the token does not reach it. */
  | { kind: 'not found' }
  | Inconclusive

/** Why GitHub has not told. */
export type Inconclusive =
  /** GitHub will never tell this token. */
  | { kind: 'refused'; why: string }
  /** GitHub cannot tell for now. */
  | { kind: 'unknown'; why: string }
  /** It was not asked: a rate limit is reached, the job was cancelled, or the time is over. */
  | { kind: 'postponed'; why: string }

/** Everything that asking takes. */
export interface GithubAccess {
  token: string
  /** `GITHUB_API_URL`. */
  baseUrl: string
  http: Http
  clock: Clock
  /** When the sweep has to end. */
  deadline: Deadline
  cancelled: AbortSignal
}

export const CANCELLED = { kind: 'postponed', why: 'the job was cancelled; the next sweep continues' } as const
export const OUT_OF_TIME = { kind: 'postponed', why: "the sweep's time is up; the next one continues" } as const

/** Milliseconds for one answer. */
const TIMEOUT = 15_000

/** The share of the requests of an hour that is left to whoever else uses the token, or the repository's limit. */
const LEFT_TO_OTHERS = 0.05

/** Milliseconds; a pause that GitHub asks for is waited out up to this. It asks for a minute when many questions come fast. */
const LONGEST_PAUSE = 120_000

type Octokit = ReturnType<typeof getOctokit>
type Headers = Readonly<Record<string, string | number | undefined>>

interface RequestFailure {
  status?: number
  response?: { headers?: Headers; data?: unknown }
}

/** GitHub's REST API for reading, within its rate limits. */
export class GithubApi {
  readonly #access: GithubAccess
  readonly #octokit: Octokit
  /** The answer to every further question, once asking is pointless. */
  #end: Inconclusive | undefined
  /** Ends when GitHub may be asked again. */
  #pause: Promise<void> | undefined

  constructor(access: GithubAccess) {
    this.#access = access
    const request = { fetch: fetchThrough(access), log: QUIET }
    this.#octokit = getOctokit(access.token, { baseUrl: access.baseUrl, request })
  }

  /**
   * Asks a question, unless asking has become pointless.
   *
   * @param send the request
   * @param decode reads the body; what it cannot read counts as unknown
   */
  async ask<Body, T>(
    send: (octokit: Octokit) => Promise<{ status: number; data: Body; headers: Headers }>,
    decode: (body: Body) => T | undefined,
  ): Promise<Answer<T>> {
    await this.#pause
    const end = this.#reasonNotToAsk()
    if (end) return end
    try {
      const { status, data, headers } = await send(this.#octokit)
      const { 'x-ratelimit-remaining': remaining, 'x-ratelimit-limit': limit } = headers
      if (Number(remaining) <= Number(limit) * LEFT_TO_OTHERS) this.#end = rateLimited(headers)
      return { kind: 'found', value: read(status, data, decode) }
    } catch (error) {
      if (this.#waitsAfter(error)) return this.ask(send, decode)
      return this.#explain(error)
    }
  }

  #reasonNotToAsk(): Inconclusive | undefined {
    if (this.#access.cancelled.aborted) return CANCELLED
    return this.#end ?? (this.#access.deadline.remaining() < TIMEOUT ? OUT_OF_TIME : undefined)
  }

  /** Whether GitHub asked for a pause that is short enough; then no question is asked until it is over. */
  #waitsAfter(error: unknown): boolean {
    const { clock, deadline, cancelled } = this.#access
    const headers = headersOf(error)
    const pause = Math.max(1_000, Number(headers['retry-after']) * 1_000)
    if (!isRateLimit(error) || !(pause <= LONGEST_PAUSE) || pause + TIMEOUT > deadline.remaining()) return false
    this.#pause = clock.sleep(pause, cancelled).catch(() => {})
    return true
  }

  #stop(end: Inconclusive): Inconclusive {
    this.#end = end
    return end
  }

  #explain(error: unknown): Answer<never> {
    const { status, response } = error as RequestFailure
    if (this.#access.cancelled.aborted) return CANCELLED
    if (isRateLimit(error)) return this.#stop(rateLimited(headersOf(error)))
    if (status === 401) return this.#stop({ kind: 'refused', why: 'GitHub rejected the github_token (401)' })
    if (status === 403)
      return { kind: 'refused', why: `GitHub denied access to the github_token (403): ${formatError(error)}` }
    if (status === 404 && saysWhy(response?.data)) return { kind: 'not found' }
    if (status === 404) return { kind: 'unknown', why: 'a server other than GitHub answered 404' }
    if (error instanceof NotWhatWasAskedFor) return { kind: 'unknown', why: error.message }
    // octokit gives an error without an answer the status 500, too.
    const why = response ? `GitHub answered ${status}` : `GitHub did not answer (${formatError(error)})`
    return { kind: 'unknown', why }
  }
}

/** GitHub's refusals are JSON with a message; those of a proxy or a load balancer are not. */
function saysWhy(body: unknown): boolean {
  return typeof (body as { message?: unknown } | null | undefined)?.message === 'string'
}

/** GitHub, or somebody in its place, answered with something else: a redirect, a page of a proxy. */
class NotWhatWasAskedFor extends Error {}

function read<Body, T>(status: number, body: Body, decode: (body: Body) => T | undefined): T {
  const why = `GitHub answered ${status} with unexpected content`
  if (status !== 200) throw new NotWhatWasAskedFor(why)
  let value: T | undefined
  try {
    value = decode(body)
  } catch (cause) {
    throw new NotWhatWasAskedFor(why, { cause })
  }
  if (value === undefined) throw new NotWhatWasAskedFor(why)
  return value
}

/** `fetch`, as far as octokit uses it to read, over the one HTTP client of the action. */
function fetchThrough({ http, cancelled }: GithubAccess) {
  return async (url: string, { headers }: { headers: Record<string, string> }) => {
    const request = { method: 'GET', url: new URL(url), headers, timeout: TIMEOUT, signal: cancelled } as const
    const { status, headers: answered, body } = await http.exchange(request)
    const pairs = Object.entries(answered).map(([name, value]): [string, string] => [name, String(value)])
    // A whole `Response` would load another of Node's large modules.
    return { status, url, headers: new Map(pairs), text: async () => body }
  }
}

/** octokit warns of deprecations on stderr, where nothing may be written. */
const QUIET = { debug() {}, info() {}, warn() {}, error() {} }

function headersOf(error: unknown): Headers {
  return (error as RequestFailure).response?.headers ?? {}
}

/** @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function isRateLimit(error: unknown): boolean {
  const { status } = error as RequestFailure
  const headers = headersOf(error)
  const limited = String(headers['x-ratelimit-remaining']) === '0' || headers['retry-after'] !== undefined
  return status === 429 || (status === 403 && (limited || /rate limit/i.test(formatError(error))))
}

function rateLimited(headers: Headers): Inconclusive {
  const reset = Number(headers['x-ratelimit-reset'])
  const when = Number.isFinite(reset) ? ` until ${new Date(reset * 1000).toISOString()}` : ''
  return { kind: 'postponed', why: `GitHub's rate limit is reached${when}; the next sweep continues` }
}
