// The contract's table of requests, row by row, on the built action.

import type { Failure } from '../simulator/neon/faults.ts'
import type { OperationId } from '../simulator/neon/openapi.ts'
import { errorsOf, requestsOf, scenario } from './support/scenario.ts'

const TIME_LAPSE = 10
const it = scenario({ timeLapse: TIME_LAPSE })

const [POST, GET, DELETE] = ['createApiKey', 'listApiKeys', 'revokeApiKey'] as const satisfies OperationId[]

describe('create', () => {
  test.each([423, 429, 503])('%i: again, under the same name', async (status) => {
    it.inject({ operation: POST, failure: { kind: 'status', status, deed: 'never' } })
    const { main } = await it.life()
    expect(main.exitCode).toBe(0)
    expect(requestsOf(it.neon)).toEqual([`POST ${status}`, 'POST 200', 'DELETE 200'])
    expect(it.neon.requests[0]?.body).toBe(it.neon.requests[1]?.body)
    expect(main.log[0]).toMatch(/Trying again in \d\.\d s\./)
  })

  test('many waits: the first one is a line, the others are a group of lines', async () => {
    it.inject({ operation: POST, times: 3, failure: { kind: 'status', status: 503, deed: 'never' } })
    const { main } = await it.life()
    const lines = main.stdout.split('\n').filter((line) => !line.startsWith('::add-mask'))
    const wait = expect.stringMatching(/503.*Trying again in/)
    const created = expect.stringMatching(/^Created the Neon API key/)
    expect(lines.slice(0, 6)).toEqual([wait, '::group::Further attempts', wait, wait, '::endgroup::', created])
  })

  test.each([
    ['seconds', '2'],
    ['a date', () => new Date(Date.now() + 3_000).toUTCString()],
  ])('Retry-After in %s is honoured', async (_form, header) => {
    const value = typeof header === 'string' ? header : header()
    it.inject({
      operation: POST,
      failure: { kind: 'status', status: 429, deed: 'never', headers: { 'retry-after': value } },
    })
    const { main } = await it.life()
    expect(main.exitCode).toBe(0)
    expect(main.milliseconds * TIME_LAPSE).toBeGreaterThan(1_900)
  })

  test('a Retry-After past the deadline is not waited for', async () => {
    it.inject({
      operation: POST,
      failure: { kind: 'status', status: 429, deed: 'never', headers: { 'retry-after': '3600' } },
    })
    const { main } = await it.life()
    expect(errorsOf(main)).toEqual([expect.stringMatching(/Gave up: this step may take 180 s/)])
    expect(main.milliseconds * TIME_LAPSE).toBeLessThan(60_000)
  })

  test.each([400, 401, 403, 404, 409, 422])('%i: stop, with the reason and the request ID', async (status) => {
    it.inject({ operation: POST, failure: { kind: 'status', status, deed: 'never' } })
    const { main, post } = await it.life()
    expect(main.exitCode).toBe(1)
    expect(errorsOf(main)).toEqual([
      expect.stringContaining(
        `"simulated ${status}" (${status}, request ${it.neon.requests[0]?.headers['x-request-id']})`,
      ),
    ])
    expect(requestsOf(it.neon)).toEqual([`POST ${status}`])
    expect(post.exitCode).toBe(0)
  })

  test.each([301, 302, 307, 308])('%i: redirects are not followed', async (status) => {
    it.inject({
      operation: POST,
      failure: { kind: 'status', status, deed: 'never', headers: { location: `${it.host}/api_keys` } },
    })
    const { main } = await it.life()
    expect(errorsOf(main)).toEqual([expect.stringMatching(/redirect.*not followed.*Check api_host/)])
    expect(it.neon.requests).toHaveLength(1)
  })

  const unsure: [string, Failure][] = [
    ['reset before the deed', { kind: 'reset', deed: 'never' }],
    ['reset after the deed', { kind: 'reset', deed: 'done' }],
    ['500 after the deed', { kind: 'status', status: 500, deed: 'done' }],
    ['502 after the deed', { kind: 'status', status: 502, deed: 'done' }],
    ['504 after the deed', { kind: 'status', status: 504, deed: 'done', body: '<html>Gateway Timeout</html>' }],
    ['a 200 of garbage', { kind: 'body', body: 'garbage' }],
    ['a 200 of null', { kind: 'body', body: 'null' }],
    ['a 200 that is cut off', { kind: 'truncate' }],
    ['a 200 without the key', { kind: 'fields', fields: { key: undefined } }],
    ['a 200 with an empty key', { kind: 'fields', fields: { key: '' } }],
  ]
  test.each(unsure)(
    '%s: the name is looked for, its key revoked, and a new key made under another',
    async (_case, failure) => {
      it.inject({ operation: POST, failure })
      const job = it.job()
      const main = await it.main(job)
      expect(main.exitCode).toBe(0)
      // One key, the one handed on; whatever the lost answer left behind is revoked already.
      expect(it.neon.strangers().map(({ id }) => id)).toEqual([main.outputs.api_key_id])
      const [first, second] = it.neon.requests
        .filter(({ method }) => method === 'POST')
        .map(({ body }) => JSON.parse(body).key_name)
      expect(first).not.toBe(second)
      await job.end()
      expect(it.neon.strangers()).toEqual([])
    },
  )

  test('a project-scoped key that came back with another project is not handed on', async () => {
    it.inject({
      operation: 'createOrgApiKey',
      failure: { kind: 'fields', fields: { project_id: 'winter-boat-259881' } },
    })
    const job = it.job()
    const main = await it.main(job, { project_id: it.neon.project.id })
    expect(errorsOf(main)).toEqual([
      expect.stringMatching(
        /Asked for a key for the project shiny-wind-028834, Neon created .* winter-boat-259881, so it was revoked/,
      ),
    ])
    expect(requestsOf(it.neon)).toEqual(['GET 200', 'POST 200', 'DELETE 200'])
    expect(it.neon.strangers()).toEqual([])
    const [post] = await job.end()
    expect(post?.exitCode).toBe(0)
  })

  test('a deed that lands late, after main has looked: post finds it', async () => {
    it.inject({ operation: POST, failure: { kind: 'late', milliseconds: 400 } })
    const job = it.job()
    const main = await it.main(job)
    expect(main.exitCode).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(it.neon.strangers()).toHaveLength(2)
    const [post] = await job.end()
    expect(post?.exitCode).toBe(0)
    expect(it.neon.strangers()).toEqual([])
  })

  test('503 though the deed was done: the taken name gives it away', async () => {
    it.inject({ operation: POST, failure: { kind: 'status', status: 503, deed: 'done' } })
    const job = it.job()
    const main = await it.main(job)
    expect(main.exitCode).toBe(0)
    expect(requestsOf(it.neon)).toEqual(['POST 503', 'POST 400', 'GET 200', 'DELETE 200', 'POST 200'])
    expect(it.neon.strangers()).toHaveLength(1)
  })
})

describe('never sent', () => {
  test('refused: again, in post as in main', async () => {
    const job = it.job()
    it.inject({ operation: POST, after: 1, failure: { kind: 'refuse', milliseconds: 700 } })
    await it.main(job)
    await it.main(job, { env_name: 'SECOND' })
    const third = await it.main(job, { env_name: 'THIRD' })
    expect(third.exitCode).toBe(0)
    expect(third.log[0]).toMatch(/ECONNREFUSED.*Trying again/)
    const posts = await job.end()
    expect(posts.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
    expect(it.neon.strangers()).toEqual([])
  })

  test('refused in post: again', async () => {
    const job = it.job()
    it.inject({ operation: POST, failure: { kind: 'refuse', milliseconds: 700 } })
    await it.main(job)
    const [post] = await job.end()
    expect(post?.log[0]).toMatch(/Could not revoke.*ECONNREFUSED.*Trying again/)
    expect(post?.exitCode).toBe(0)
    expect(it.neon.strangers()).toEqual([])
  })
})

describe('revoke', () => {
  const again: [string, Failure][] = [
    ...[423, 429, 503, 500, 502, 504].map((status): [string, Failure] => [
      `${status}`,
      { kind: 'status', status, deed: 'never' },
    ]),
    ['reset before the deed', { kind: 'reset', deed: 'never' }],
    ['a 200 of garbage for a deed that was not done', { kind: 'status', status: 200, deed: 'never', body: 'garbage' }],
    ['a 200 for another ID', { kind: 'status', status: 200, deed: 'never', body: '{"id":7,"revoked":true}' }],
  ]
  test.each(again)('%s: again', async (_case, failure) => {
    it.inject({ operation: DELETE, failure })
    const { post } = await it.life()
    expect(post.exitCode).toBe(0)
    expect(requestsOf(it.neon).slice(2)).toEqual(['DELETE 200'])
    expect(it.neon.strangers()).toEqual([])
  })

  test.each<[string, Failure]>([
    ['reset', { kind: 'reset', deed: 'done' }],
    ['500', { kind: 'status', status: 500, deed: 'done' }],
    ['a 200 that is cut off', { kind: 'truncate' }],
    ['a 200 that says revoked: false', { kind: 'fields', fields: { revoked: false } }],
  ])('%s after the deed: again; the 404 then is settled by listing', async (_case, failure) => {
    it.inject({ operation: 'revokeOrgApiKey', failure })
    const { post } = await it.life({ org_id: it.neon.organization.id })
    expect(post).toMatchObject({ exitCode: 0 })
    expect(post.log.at(-1)).toMatch(/was gone already/)
    expect(requestsOf(it.neon).slice(2)).toEqual(['DELETE 404', 'GET 200'])
  })

  test.each([400, 403])('%i: stop, and the fresh key revokes itself', async (status) => {
    it.inject({ operation: DELETE, failure: { kind: 'status', status, deed: 'never' } })
    const { post } = await it.life()
    expect(post.exitCode).toBe(0)
    expect(requestsOf(it.neon).slice(1)).toEqual([`DELETE ${status}`, 'DELETE 200'])
    expect(it.neon.strangers()).toEqual([])
  })

  test('403 for a project-scoped key, which cannot revoke itself: fail, with ID, name and how to do it by hand', async () => {
    it.inject({ operation: 'revokeOrgApiKey', times: 9, failure: { kind: 'status', status: 403, deed: 'never' } })
    const { main, post } = await it.life({ project_id: it.neon.project.id })
    expect(post.exitCode).toBe(1)
    const [error] = errorsOf(post)
    expect(error).toMatch(/^A Neon API key may still be alive: /)
    expect(error).toContain(`${main.outputs.api_key_id} (${main.outputs.api_key_name})`)
    expect(error).toContain(`neon api-keys revoke ${main.outputs.api_key_id} --org-id ${it.neon.organization.id}`)
    expect(error).toMatch(/"simulated 403" \(403, request [0-9a-f-]{36}\)/)
    expect(it.neon.strangers()).toHaveLength(1)
  })
})

describe('list and look up', () => {
  const again: [string, Failure][] = [
    ...[423, 429, 503, 500, 502, 504].map((status): [string, Failure] => [
      `${status}`,
      { kind: 'status', status, deed: 'never' },
    ]),
    ['reset', { kind: 'reset', deed: 'never' }],
    ['a 200 of garbage', { kind: 'body', body: '<html>' }],
    ['a 200 of a wrong shape', { kind: 'body', body: '{"keys":[]}' }],
    ['a 200 with an entry that cannot be read', { kind: 'body', body: '[{"id":"x"}]' }],
    ['a 200 that is cut off', { kind: 'truncate' }],
  ]
  test.each(again)('%s: again', async (_case, failure) => {
    it.inject({ operation: POST, failure: { kind: 'reset', deed: 'done' } })
    it.inject({ operation: GET, failure })
    const job = it.job()
    const main = await it.main(job)
    expect(main.exitCode).toBe(0)
    expect(it.neon.strangers().map(({ id }) => id)).toEqual([main.outputs.api_key_id])
  })

  test('403 on the list: main stops, post tries once more and fails loudly with the name', async () => {
    it.inject({ operation: POST, failure: { kind: 'reset', deed: 'done' } })
    it.inject({ operation: GET, times: 9, failure: { kind: 'status', status: 403, deed: 'never' } })
    const { main, post } = await it.life()
    expect(main.exitCode).toBe(1)
    expect(post.exitCode).toBe(1)
    const [orphan] = it.neon.strangers()
    expect(errorsOf(post)).toEqual([expect.stringContaining(`An API key named ${orphan?.name}`)])
  })

  test('the project is looked up again after a 503', async () => {
    it.inject({ operation: 'getProject', failure: { kind: 'status', status: 503, deed: 'never' } })
    const { main } = await it.life({ project_id: it.neon.project.id })
    expect(main.exitCode).toBe(0)
  })
})
