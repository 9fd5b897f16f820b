import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenAPIBackend } from 'openapi-backend'
import { compile, violationsOf } from '../openapi.ts'
import { JOB_VARIABLES } from '../runner/variables.ts'

/** The parts of a workflow run that the sweep reads. */
export interface Run {
  id: string
  status: string
  /** The latest run attempt. */
  attempt: number
  /** The jobs of each attempt: ID to status; none by default. */
  jobs?: Record<number, Record<string, string>>
  /** `owner/name`; by default the repository of simulated jobs. */
  repository?: string
}

export interface GithubOptions {
  /** The token's permission in its repositories: `actions: read`, without it (403), or no access (404). */
  permission?: 'read' | 'none' | 'no access'
  /** Whether it is an app's installation token, which may list its repositories. */
  installation?: boolean
  /** Requests per hour; 1,000 for a repository's token, 5,000 or more for an app's. */
  limit?: number
  /** The path before GitHub's own, e.g. `/api/v3` on GitHub Enterprise Server. */
  basePath?: string
}

export interface GithubAnswer {
  status: number
  headers: Record<string, string | number>
  text: string
}

/** What happens instead of an answer: a status with headers and an optional body, or nothing. */
export type GithubFailure = 'no answer' | { status: number; headers?: Record<string, string>; text?: string }

const TOKEN = 'ghs_simulated0123456789'
const PAGE = 30

class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

let compiled: Promise<OpenAPIBackend> | undefined

/** A simulated GitHub without a network, with the sweep's endpoints as in GitHub's OpenAPI description. */
export class Github {
  readonly token = TOKEN
  /** By ID; any other run counts as deleted. */
  runs = new Map<string, Run>()
  /** The repositories of the token: ID to `owner/name`. */
  repositories = new Map([[JOB_VARIABLES.GITHUB_REPOSITORY_ID, JOB_VARIABLES.GITHUB_REPOSITORY]])
  /** Each request, in order: `500` (a run), `500/1` (jobs of attempt 1), `octo-org/shop` (runs), `repositories`. */
  readonly asked: string[] = []
  /** Requests and answers that violate GitHub's OpenAPI description. */
  readonly violations: string[] = []
  readonly options: Required<GithubOptions>
  readonly #api: OpenAPIBackend
  readonly #reset = Math.floor(Date.now() / 1000) + 3_600
  readonly #failures: GithubFailure[] = []

  static async create(options: GithubOptions = {}): Promise<Github> {
    compiled ??= compile(JSON.parse(readFileSync(join(import.meta.dirname, 'openapi.json'), 'utf8')))
    return new Github(await compiled, options)
  }

  private constructor(api: OpenAPIBackend, options: GithubOptions) {
    this.#api = api
    this.options = { permission: 'read', installation: false, limit: 1_000, basePath: '', ...options }
  }

  /** Makes the next requests fail. */
  fail(times: number, how: GithubFailure): void {
    this.#failures.push(...Array.from({ length: times }, () => how))
  }

  /** @param path including the query */
  answer(path: string, authorization: string | undefined): GithubAnswer | 'no answer' {
    const { limit } = this.options
    const given = this.#answerOrRefuse(path, authorization)
    const failure = this.#failures.shift()
    if (failure === 'no answer') return failure
    const { status, body } = failure ? { status: failure.status, body: refusalOf('simulated', failure.status) } : given
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'x-ratelimit-limit': limit,
      'x-ratelimit-remaining': Math.max(0, limit - this.asked.length),
      'x-ratelimit-reset': this.#reset,
      ...failure?.headers,
    }
    return { status, headers, text: failure?.text ?? JSON.stringify(body) }
  }

  #answerOrRefuse(path: string, authorization: string | undefined): { status: number; body: object } {
    try {
      return { status: 200, body: this.#perform(path, authorization) }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { status: error.status, body: refusalOf(error.message, error.status) }
    }
  }

  #perform(path: string, authorization: string | undefined): object {
    const { permission, limit, installation, basePath } = this.options
    const request = { method: 'get', path: path.slice(basePath.length), headers: {} }
    const operation = this.#api.matchOperation(request)
    if (!operation) throw new Refusal(404, 'Not Found')
    this.violations.push(...violationsOf(this.#api.validateRequest(request, operation)))
    const { params, query } = this.#api.router.parseRequest(request, operation) as unknown as {
      params: Record<string, string>
      query: Record<string, string>
    }
    const { owner, repo, run_id: id = '', attempt_number: attempt = '' } = params
    const repository = `${owner}/${repo}`
    const operationId = operation.operationId ?? ''
    const lists = operationId === 'apps/list-repos-accessible-to-installation'
    this.asked.push(lists ? 'repositories' : id === '' ? repository : attempt === '' ? id : `${id}/${attempt}`)
    if (authorization !== `token ${TOKEN}`) throw new Refusal(401, 'Bad credentials')
    if (this.asked.length > limit) throw new Refusal(403, 'API rate limit exceeded for installation ID 1.')
    if (lists && !installation) throw new Refusal(403, 'You must authenticate with an installation access token')
    if (permission === 'none' && !lists) throw new Refusal(403, 'Resource not accessible by integration')
    const seen = permission !== 'no access' && [...this.repositories.values()].includes(repository)
    if (!lists && !seen) throw new Refusal(404, 'Not Found')

    const page = <T>(items: T[]): T[] => {
      const size = Number(query.per_page ?? PAGE)
      return items.slice((Number(query.page ?? 1) - 1) * size).slice(0, size)
    }
    const body = this.#bodyOf(operationId, { repository, id, attempt: Number(attempt), page })
    this.violations.push(...violationsOf(this.#api.validateResponse(body, operationId, 200)))
    return body
  }

  /** GitHub's own example of an answer, with some fields replaced. */
  #bodyOf(
    operation: string,
    asked: { repository: string; id: string; attempt: number; page: <T>(items: T[]) => T[] },
  ): object {
    const example = this.#example(operation)
    const { repository, id, attempt, page } = asked
    const ofRepository = (run: Run): boolean => (run.repository ?? JOB_VARIABLES.GITHUB_REPOSITORY) === repository
    if (operation === 'apps/list-repos-accessible-to-installation') {
      const items = [...this.repositories].map(([number, name]) => ({ id: Number(number), full_name: name }))
      return this.#list(example, 'repositories', page(items), items.length)
    }
    if (id === '') {
      const items = [...this.runs.values()].filter(ofRepository).map(bodyOfRun)
      return this.#list(example, 'workflow_runs', page(items), items.length)
    }
    const run = this.runs.get(id)
    if (!run || !ofRepository(run) || attempt > run.attempt) throw new Refusal(404, 'Not Found')
    if (operation === 'actions/get-workflow-run') return { ...example, ...bodyOfRun(run) }
    const items = Object.entries(run.jobs?.[attempt] ?? {}).map(([job, status]) => ({
      id: Number(job),
      run_id: Number(id),
      status,
      // GitHub's own example lacks fields that its description requires.
      created_at: '2026-01-01T00:00:00Z',
      conclusion: status === 'completed' ? 'failure' : null,
      ...(status !== 'completed' && { completed_at: null }),
    }))
    return this.#list(example, 'jobs', page(items), items.length)
  }

  #list(example: object, name: string, items: object[], total: number): object {
    const [item] = (example as Record<string, object[]>)[name] ?? []
    return { total_count: total, [name]: items.map((differs) => ({ ...item, ...differs })) }
  }

  readonly #examples = new Map<string, object>()
  #example(operation: string): object {
    const example = this.#examples.get(operation) ?? this.#api.mockResponseForOperation(operation).mock
    this.#examples.set(operation, example)
    return example
  }
}

const bodyOfRun = ({ id, status, attempt }: Run): object => ({
  id: Number(id),
  status,
  conclusion: status === 'completed' ? 'success' : null,
  run_attempt: attempt,
})

const refusalOf = (message: string, status: number): object => ({
  message,
  documentation_url: 'https://docs.github.com/rest',
  status: String(status),
})
