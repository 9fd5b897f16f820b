import { getOctokit } from '@actions/github'
import type { Clock, Deadline } from '../base/clock.ts'
import { formatError } from '../base/errors.ts'
import type { Http } from '../base/http.ts'

/** The result of a request to GitHub. */
export type Answer<T> =
  | { kind: 'found'; value: T }
  /** 404: it does not exist, or the token has no access to it. */
  | { kind: 'not found' }
  | Inconclusive

/** Why the result is not known. */
export type Inconclusive =
  /** GitHub denies this token access. */
  | { kind: 'refused'; why: string }
  /** GitHub gave no valid answer. */
  | { kind: 'unknown'; why: string }
  /** No request was sent: a rate limit applies, the job was cancelled, or the time is up. */
  | { kind: 'postponed'; why: string }

/** Everything that a request needs. */
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

/** Milliseconds for one request. */
const TIMEOUT = 15_000

/** The share of an hour's requests that is left to other users of the token or of the repository's limit. */
const LEFT_TO_OTHERS = 0.05

/** Milliseconds; the longest pause that the sweep waits for. GitHub asks for a minute after many requests in a short time. */
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
  /** The result of all further requests, once no more are sent. */
  #end: Inconclusive | undefined
  /** Ends when requests may be sent again. */
  #pause: Promise<void> | undefined

  constructor(access: GithubAccess) {
    this.#access = access
    const request = { fetch: fetchThrough(access), log: QUIET }
    this.#octokit = getOctokit(access.token, { baseUrl: access.baseUrl, request })
  }

  /**
   * Sends a request, unless no more requests can be sent.
   *
   * @param send the request
   * @param decode reads the body; `undefined` or an exception counts as no valid answer
   */
  async request<Body, T>(
    send: (octokit: Octokit) => Promise<{ status: number; data: Body; headers: Headers }>,
    decode: (body: Body) => T | undefined,
  ): Promise<Answer<T>> {
    await this.#pause
    const end = this.#reasonToStop()
    if (end) return end
    try {
      const { status, data, headers } = await send(this.#octokit)
      const { 'x-ratelimit-remaining': remaining, 'x-ratelimit-limit': limit } = headers
      if (Number(remaining) <= Number(limit) * LEFT_TO_OTHERS) this.#end = rateLimited(headers)
      return { kind: 'found', value: read(status, data, decode) }
    } catch (error) {
      if (this.#waitsAfter(error)) return this.request(send, decode)
      return this.#explain(error)
    }
  }

  #reasonToStop(): Inconclusive | undefined {
    if (this.#access.cancelled.aborted) return CANCELLED
    return this.#end ?? (this.#access.deadline.remaining() < TIMEOUT ? OUT_OF_TIME : undefined)
  }

  /** Whether GitHub asked for a pause that is short enough; then no request is sent until it is over. */
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
    if (status === 403) return { kind: 'refused', why: `GitHub answered 403: ${formatError(error)}` }
    if (status === 404 && hasMessage(response?.data)) return { kind: 'not found' }
    if (status === 404) return { kind: 'unknown', why: 'a server other than GitHub answered 404' }
    if (error instanceof UnexpectedContent) return { kind: 'unknown', why: error.message }
    // octokit also gives the status 500 to an error without an answer.
    const why = response ? `GitHub answered ${status}` : `GitHub did not answer (${formatError(error)})`
    return { kind: 'unknown', why }
  }
}

/** GitHub's errors are JSON with a message; those of a proxy or a load balancer are not. */
function hasMessage(body: unknown): boolean {
  return typeof (body as { message?: unknown } | null | undefined)?.message === 'string'
}

/** GitHub, or a server in between, answered with unexpected content: a redirect, or a proxy's page. */
class UnexpectedContent extends Error {}

function read<Body, T>(status: number, body: Body, decode: (body: Body) => T | undefined): T {
  let value: T | undefined
  try {
    if (status === 200) value = decode(body)
  } catch {
    // A part that should be an object is not.
  }
  if (value === undefined) throw new UnexpectedContent(`GitHub answered ${status} with unexpected content`)
  return value
}

/** The part of `fetch` that octokit uses for reading, with the action's HTTP client. */
function fetchThrough({ http, cancelled }: GithubAccess) {
  return async (url: string, { headers }: { headers: Record<string, string> }) => {
    const request = { method: 'GET', url: new URL(url), headers, timeout: TIMEOUT, signal: cancelled } as const
    const { status, headers: answered, body } = await http.exchange(request)
    const pairs = Object.entries(answered).map(([name, value]): [string, string] => [name, String(value)])
    // A complete `Response` would load another large module of Node.
    return { status, url, headers: new Map(pairs), text: async () => body }
  }
}

/** octokit writes deprecation warnings to stderr, which must stay empty. */
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
