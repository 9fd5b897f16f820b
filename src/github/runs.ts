import { getOctokit } from '@actions/github'
import { formatError } from '../base/errors.ts'
import type { Http } from '../base/http.ts'

/** What GitHub says of a run. */
export type RunState =
  | { kind: 'completed' }
  /** In any other state: queued, waiting, pending, requested, in progress, … */
  | { kind: 'active'; status: string; attempt: number | undefined }
  /** GitHub does not know it, and the token is known to read this repository's runs. */
  | { kind: 'deleted' }
  | { kind: 'unknown'; why: string }
  /** Not asked: GitHub's rate limit is reached. */
  | { kind: 'postponed'; why: string }

/** GitHub's answers about runs, as the sweep needs them. */
export interface GithubRuns {
  /** Asks about one run, unless the rate limit is reached: then every further answer is `postponed`, unasked. */
  ask(runId: string): Promise<RunAnswer>
}

/** A run that is not found was deleted, or the token does not reach it; the token's other answers tell which. */
export type RunAnswer = Exclude<RunState, { kind: 'deleted' }> | { kind: 'not found' }

/** Of the 1,000 requests an hour that all jobs of a repository share, so many are left to the others. */
const LEFT_TO_OTHERS = 50

/** Milliseconds for one answer. */
const TIMEOUT = 15_000

/** Everything that asking takes. */
export interface GithubAccess {
  token: string
  /** `owner/name`. */
  repository: string
  http: Http
}

type Headers = Readonly<Record<string, string | number | undefined>>

interface RequestFailure {
  status?: number
  response?: { headers?: Headers }
}

/** Asks the GitHub that the runner belongs to (`GITHUB_API_URL`), through the runner's proxy. */
export function openGithub({ token, repository, http }: GithubAccess): GithubRuns {
  const [owner = '', repo = ''] = repository.split('/')
  const octokit = getOctokit(token, { request: { fetch: fetchThrough(http) } })
  let limited: Extract<RunState, { kind: 'postponed' }> | undefined
  const heed = (headers: Headers): void => {
    const remaining = headers['x-ratelimit-remaining']
    if (remaining !== undefined && Number(remaining) <= LEFT_TO_OTHERS) limited = postponed(headers)
  }
  return {
    async ask(runId) {
      if (limited) return limited
      try {
        // The run's pull requests are of no interest and can be many.
        const parameters = { owner, repo, run_id: Number(runId), exclude_pull_requests: true }
        const { data, headers } = await octokit.rest.actions.getWorkflowRun(parameters)
        heed(headers)
        if (String(data.id) !== runId) return { kind: 'unknown', why: 'GitHub answered for another run' }
        if (data.status === 'completed') return { kind: 'completed' }
        return {
          kind: 'active',
          status: (data.status ?? 'in an unknown state').replaceAll('_', ' '),
          attempt: data.run_attempt,
        }
      } catch (error) {
        const answer = explainFailure(error)
        if (answer.kind === 'postponed') limited = answer
        return answer
      }
    },
  }
}

/** `fetch`, as far as octokit uses it to read, over the one HTTP client of the action. */
function fetchThrough(http: Http) {
  return async (url: string, { headers }: { headers: Record<string, string> }): Promise<Response> => {
    const answer = await http.exchange({ method: 'GET', url: new URL(url), headers, timeout: TIMEOUT })
    const pairs = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)])
    return new Response(answer.body, { status: answer.status, headers: pairs })
  }
}

/** @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function explainFailure(error: unknown): RunAnswer {
  const { status, response } = error as RequestFailure
  const headers = response?.headers ?? {}
  const exhausted = String(headers['x-ratelimit-remaining'] ?? '') === '0' || headers['retry-after'] !== undefined
  if (status === 429 || (status === 403 && exhausted)) return postponed(headers)
  if (status === 404) return { kind: 'not found' }
  if (status === 403) return { kind: 'unknown', why: 'the token may not read runs (it needs actions: read)' }
  if (status === 401) return { kind: 'unknown', why: 'GitHub rejected the token' }
  // octokit gives an error without an answer the status 500, too.
  return {
    kind: 'unknown',
    why: response ? `GitHub answered ${status}` : `GitHub did not answer (${formatError(error)})`,
  }
}

function postponed(headers: Headers): Extract<RunState, { kind: 'postponed' }> {
  const reset = Number(headers['x-ratelimit-reset'])
  const when = Number.isFinite(reset) ? ` until ${new Date(reset * 1000).toISOString()}` : ''
  return { kind: 'postponed', why: `GitHub's rate limit is reached${when}; the next sweep goes on` }
}
