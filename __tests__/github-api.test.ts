// Requests to GitHub in virtual time, with the answers of the test; sweep.test.ts tests what the sweep concludes.

import { type Clock, Deadline } from '../src/base/clock.ts'
import { type HttpResponse, TransportError } from '../src/base/http.ts'
import { GithubApi } from '../src/github/api.ts'
import { RunReader } from '../src/github/run-reader.ts'
import { fetchRun } from '../src/github/runs.ts'

interface Reply {
  status?: number
  headers?: Record<string, string>
  body?: unknown
}

/** GitHub with these answers, and then `{"id":7}`; the sweep has this many milliseconds. */
function github(replies: (Reply | Error)[] = [], left = 600_000) {
  let time = 0
  const urls: string[] = []
  const slept: number[] = []
  const job = new AbortController()
  const clock: Clock = {
    now: () => time,
    date: () => time,
    async sleep(milliseconds) {
      slept.push(milliseconds)
      time += milliseconds
    },
  }
  const http = {
    async exchange({ url }: { url: URL }): Promise<HttpResponse> {
      urls.push(`${url.pathname}${url.search}`)
      const reply = replies.shift() ?? {}
      if (reply instanceof Error) throw reply
      const { status = 200, headers = {}, body = { id: 7 } } = reply
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      return { status, headers: { 'content-type': 'application/json', ...headers }, body: text }
    },
  }
  const baseUrl = 'https://github.test/api/v3'
  const deadline = new Deadline(clock, left)
  const api = new GithubApi({ token: 'ghs_x', baseUrl, http, clock, deadline, cancelled: job.signal })
  const get = (decode: (body: { id: number }) => number | undefined = ({ id }) => id) =>
    api.request((octokit) => octokit.request('GET /thing'), decode)
  return { api, get, urls, slept, job }
}

const RESET = { 'x-ratelimit-reset': '1767225600' }
const FOUND = { kind: 'found', value: 7 }
const OUT_OF_TIME = { kind: 'postponed', why: "the sweep's time is up; the next one continues" }
const LIMITED = { kind: 'postponed', why: "GitHub's rate limit is reached; the next sweep continues" }
const LIMITED_UNTIL = {
  kind: 'postponed',
  why: "GitHub's rate limit is reached until 2026-01-01T00:00:00.000Z; the next sweep continues",
}
const unknown = (why: string) => ({ kind: 'unknown', why })
const CONTENT = 'with unexpected content'
const NOT_FOUND = { message: 'Not Found' }

test.each<[string, Reply | Error, unknown]>([
  ['a body', {}, FOUND],
  ['another 2xx', { status: 202 }, unknown(`GitHub answered 202 ${CONTENT}`)],
  ['a redirect', { status: 301 }, unknown(`GitHub answered 301 ${CONTENT}`)],
  ['a body that cannot be decoded', { body: 'null' }, unknown(`GitHub answered 200 ${CONTENT}`)],
  ['one that is decoded to nothing', { body: {} }, unknown(`GitHub answered 200 ${CONTENT}`)],
  ['a 401', { status: 401 }, { kind: 'refused', why: 'GitHub rejected the github_token (401)' }],
  ['a 403', { status: 403, body: { message: 'No' } }, { kind: 'refused', why: 'GitHub answered 403: No' }],
  ['a 404', { status: 404, body: NOT_FOUND }, { kind: 'not found' }],
  ...['null', '', '<html>', '{"message":404}'].map((body): [string, Reply, unknown] => [
    `a 404 with ${body || 'nothing'}`,
    { status: 404, body },
    unknown('a server other than GitHub answered 404'),
  ]),
  ['a 500', { status: 500 }, unknown('GitHub answered 500')],
  ['no answer', new TransportError('closed', true), unknown('GitHub did not answer (closed)')],
])('%s', async (_case, reply, answer) => {
  const { get, urls, slept } = github([reply])
  expect(await get()).toEqual(answer)
  expect({ urls, slept }).toEqual({ urls: ['/api/v3/thing'], slept: [] })
})

test.each<[string, Reply, unknown]>([
  ['a 429', { status: 429 }, LIMITED],
  ['a 429 with a date', { status: 429, headers: RESET }, LIMITED_UNTIL],
  [
    'a 403 without remaining requests',
    { status: 403, headers: { 'x-ratelimit-remaining': '0', ...RESET } },
    LIMITED_UNTIL,
  ],
  ['a 403 that says so', { status: 403, body: { message: 'You have exceeded a secondary Rate Limit.' } }, LIMITED],
  ['a 403 that asks for more than two minutes', { status: 403, headers: { 'retry-after': '121' } }, LIMITED],
])("GitHub's rate limit, by %s: no further request is sent", async (_case, reply, answer) => {
  const { get, urls, slept } = github([reply])
  expect(await get()).toEqual(answer)
  expect(await get()).toEqual(answer)
  expect({ requests: urls.length, slept }).toEqual({ requests: 1, slept: [] })
})

test.each<[string, Reply]>([
  ['a 403 with remaining requests', { status: 403, headers: { 'x-ratelimit-remaining': '10' } }],
  ['a 403 without the header', { status: 403 }],
  ['a 503 that asks to wait', { status: 503, headers: { 'retry-after': '1', 'x-ratelimit-remaining': '0' } }],
])('%s is no rate limit', async (_case, reply) => {
  const { get, slept } = github([reply])
  expect((await get()).kind).not.toBe('postponed')
  expect(await get()).toEqual(FOUND)
  expect(slept).toEqual([])
})

test.each([
  ['403', '120', 120_000],
  ['429', '2', 2_000],
  ['429', '0', 1_000],
])('a %s that asks for a pause of %s s: all requests wait', async (status, seconds, pause) => {
  const { get, urls, slept } = github([{ status: Number(status), headers: { 'retry-after': seconds } }])
  expect(await get()).toEqual(FOUND)
  expect({ requests: urls.length, slept }).toEqual({ requests: 2, slept: [pause] })
})

test.each([
  [135_000, FOUND],
  [134_999, LIMITED],
])('a pause of 120 s, if the sweep has %i ms left', async (left, answer) => {
  const { get } = github([{ status: 429, headers: { 'retry-after': '120' } }], left)
  expect(await get()).toEqual(answer)
})

test.each([
  [15_000, FOUND],
  [14_999, OUT_OF_TIME],
])('a request takes up to 15 s, if the sweep has %i ms left', async (left, answer) => {
  expect(await github([], left).get()).toEqual(answer)
})

test.each([
  [4, FOUND],
  [3, LIMITED_UNTIL],
])('a twentieth of the requests is left to others: %i of 60 remaining', async (remaining, next) => {
  const headers = { 'x-ratelimit-remaining': String(remaining), 'x-ratelimit-limit': '60', ...RESET }
  const { get } = github([{ headers }])
  expect(await get()).toEqual(FOUND)
  expect(await get()).toEqual(next)
})

test('after a 401, no further request is sent', async () => {
  const { get, urls } = github([{ status: 401 }])
  const rejected = { kind: 'refused', why: 'GitHub rejected the github_token (401)' }
  expect([await get(), await get()]).toEqual([rejected, rejected])
  expect(urls).toHaveLength(1)
})

test('when the job is cancelled, the answer does not matter, and no further request is sent', async () => {
  const { get, urls, job } = github()
  const cancelled = { kind: 'postponed', why: 'the job was cancelled; the next sweep continues' }
  expect(await get(() => void job.abort())).toEqual(cancelled)
  expect(await get()).toEqual(cancelled)
  expect(urls).toHaveLength(1)
})

test('a deprecated endpoint: no warning', async () => {
  const headers = { deprecation: 'Sat, 01 Jan 2028 00:00:00 GMT', link: '<https://x.test>; rel="deprecation"' }
  const { warn } = console
  const warnings: unknown[] = []
  console.warn = (...parts) => void warnings.push(parts)
  try {
    expect(await github([{ headers }]).get()).toEqual(FOUND)
  } finally {
    console.warn = warn
  }
  expect(warnings).toEqual([])
})

test.each<[string, object, unknown]>([
  ['completed', { status: 'completed', run_attempt: 2 }, { completed: true, status: 'completed', attempt: 2 }],
  ['in progress', { status: 'in_progress_or_so' }, { completed: false, status: 'in progress or so', attempt: 1 }],
  ['of another ID', { status: 'completed', id: 8 }, undefined],
  ['without a status', { status: null }, undefined],
  ['with an invalid attempt', { status: 'completed', run_attempt: '2' }, undefined],
])('a run %s', async (_case, run, value) => {
  const { api } = github([{ body: { id: 7, ...run } }])
  const answer = value ? { kind: 'found', value } : unknown(`GitHub answered 200 ${CONTENT}`)
  expect(await fetchRun(api, { repository: 'o/first', runId: '7' })).toEqual(answer)
})

test('a run reader sends each request once, and none about a repository to which GitHub has denied access', async () => {
  const denied: Reply = { status: 403, body: { message: 'No' } }
  const { api, urls } = github([denied, { body: { workflow_runs: [] } }, denied])
  const reader = new RunReader(api, undefined)
  const of = (repository: string, runId = '7') => ({ repository: `o/${repository}`, runId })
  const refused = { kind: 'refused', why: 'GitHub answered 403: No' }
  expect(await reader.run(of('first'))).toEqual(refused)
  expect(await reader.canReadRuns(of('first'))).toEqual(refused)
  expect(await reader.jobs(of('first'), 1)).toEqual(refused)
  expect(await reader.canReadRuns(of('second'))).toEqual({ kind: 'found', value: [] })
  expect(await reader.canReadRuns(of('third'))).toEqual(refused)
  expect(await reader.canReadRuns(of('second', '8'))).toEqual({ kind: 'found', value: [] })
  expect(urls.map((url) => url.replace(/.*\/repos/, ''))).toEqual([
    '/o/first/actions/runs/7?exclude_pull_requests=true',
    '/o/second/actions/runs?per_page=1',
    '/o/third/actions/runs?per_page=1',
  ])
})
