import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { OpenAPIBackend } from 'openapi-backend'
import { listen } from '../listening.ts'
import { compile, violationsOf } from '../openapi.ts'

/** A workflow run as far as anybody here cares. */
export interface Run {
  id: string
  status: string
  attempt: number
}

export interface GithubOptions {
  /** `owner/name` of the one repository there is. */
  repository?: string
  /** What the token may do: with `actions: read`, without it (403), or nothing in this repository (404). */
  permission?: 'read' | 'none' | 'no access'
  /** Requests an hour; 1,000 for a repository's token. */
  limit?: number
  /** The path before GitHub's own, e.g. `/api/v3` on GitHub Enterprise Server. */
  basePath?: string
}

/** A simulated GitHub that listens on the loopback address. */
export interface GithubServer {
  /** What `GITHUB_API_URL` has to be. */
  readonly host: string
  readonly token: string
  /** By ID; runs that are not here were deleted. */
  readonly runs: Map<string, Run>
  /** The run ID of each request, in order. */
  readonly asked: string[]
  /** Answers of its own that broke GitHub's OpenAPI description. */
  readonly violations: string[]
  options: Required<GithubOptions>
  /** Has the next requests fail with this status, or go unanswered. */
  fail(times: number, how: number | 'no answer'): void
  close(): Promise<void>
}

const OPERATION = 'actions/get-workflow-run'
const TOKEN = 'ghs_simulated0123456789'

let compiled: Promise<OpenAPIBackend> | undefined

/** Starts a simulated GitHub with the one endpoint that the sweep uses. */
export async function startGithub(given: GithubOptions = {}): Promise<GithubServer> {
  compiled ??= compile(JSON.parse(readFileSync(join(import.meta.dirname, 'openapi.json'), 'utf8')))
  const api = await compiled
  const options = { repository: 'octo-org/shop', permission: 'read' as const, limit: 1_000, basePath: '', ...given }
  const failing: { times: number; how: number | 'no answer' } = { times: 0, how: 500 }
  const reset = Math.floor(Date.now() / 1000) + 3_600

  const answer = (authorization: string | undefined, id: string): { status: number; body: object } | 'no answer' => {
    const { permission, limit, repository } = server.options
    const refuse = (status: number, message: string) => ({
      status,
      body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) },
    })
    if (authorization !== `token ${TOKEN}`) return refuse(401, 'Bad credentials')
    if (server.asked.length > limit) return refuse(403, 'API rate limit exceeded for installation ID 1.')
    if (failing.times > 0) {
      failing.times -= 1
      return failing.how === 'no answer' ? failing.how : refuse(failing.how, 'simulated')
    }
    if (permission === 'none') return refuse(403, 'Resource not accessible by integration')
    const run = server.runs.get(id)
    if (permission === 'no access' || !run) return refuse(404, 'Not Found')
    // GitHub's own example of a run, with what differs.
    const body = {
      ...api.mockResponseForOperation(OPERATION).mock,
      id: Number(id),
      status: run.status,
      conclusion: run.status === 'completed' ? 'success' : null,
      run_attempt: run.attempt,
      html_url: `https://github.com/${repository}/actions/runs/${id}`,
    }
    server.violations.push(...violationsOf(api.validateResponse(body, OPERATION, 200)))
    return { status: 200, body }
  }

  const http = createServer((incoming, outgoing) => {
    const [path = ''] = (incoming.url ?? '').split('?')
    const { repository, limit, basePath } = server.options
    const prefix = `${basePath}/repos/${repository}/actions/runs/`
    const id = path.startsWith(prefix) ? path.slice(prefix.length) : ''
    const asked = server.asked.push(id)
    const given = answer(incoming.headers.authorization, id)
    if (given === 'no answer') return
    outgoing.writeHead(given.status, {
      'content-type': 'application/json; charset=utf-8',
      'x-ratelimit-limit': limit,
      'x-ratelimit-remaining': Math.max(0, limit - asked),
      'x-ratelimit-used': Math.min(limit, asked),
      'x-ratelimit-reset': reset,
      'x-ratelimit-resource': 'core',
    })
    outgoing.end(JSON.stringify(given.body))
  })
  const { port, close } = await listen(http)
  const server: GithubServer = {
    host: `http://127.0.0.1:${port}${options.basePath}`,
    token: TOKEN,
    runs: new Map(),
    asked: [],
    violations: [],
    options,
    fail: (times, how) => void Object.assign(failing, { times, how }),
    close,
  }
  return server
}
