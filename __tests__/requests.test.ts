// The table of requests in docs/behavior.md, row by row, on the built action.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Failure } from '../simulator/neon/faults.ts'
import type { OperationId } from '../simulator/neon/openapi.ts'
import { errorsOf, requestsOf, scenario } from './support/scenario.ts'

const TIME_LAPSE = 10
const setup = scenario({ timeLapse: TIME_LAPSE })

const [POST, GET, DELETE] = ['createApiKey', 'listApiKeys', 'revokeApiKey'] as const satisfies OperationId[]

describe('create', () => {
  test.each([423, 429, 503])('%i: again, under the same name', async (status) => {
    setup.inject({ operation: POST, failure: { kind: 'status', status, applied: false } })
    const { main } = await setup.life()
    expect(main.exitCode).toBe(0)
    expect(requestsOf(setup.neon)).toEqual([`POST ${status}`, 'POST 200', 'DELETE 200'])
    expect(setup.neon.requests[0]?.body).toBe(setup.neon.requests[1]?.body)
    expect(main.log[0]).toMatch(/Trying again in \d\.\d s\./)
  })

  test('many waits: the first one is a line, the others are a group of lines', async () => {
    setup.inject({ operation: POST, times: 3, failure: { kind: 'status', status: 503, applied: false } })
    const { main } = await setup.life()
    const lines = main.stdout.split('\n').filter((line) => !line.startsWith('::add-mask'))
    const wait = expect.stringMatching(/503.*Trying again in/)
    const created = expect.stringMatching(/^Created the Neon API key/)
    expect(lines.slice(0, 6)).toEqual([wait, '::group::Further attempts', wait, wait, '::endgroup::', created])
  })

  test.each([
    ['seconds', () => '2'],
    ['a date', () => new Date(Date.now() + 3_000).toUTCString()],
  ])('Retry-After in %s is honoured', async (_form, header) => {
    const headers = { 'retry-after': header() }
    setup.inject({ operation: POST, failure: { kind: 'status', status: 503, applied: false, headers } })
    const main = await setup.main(setup.job())
    expect(main.exitCode).toBe(0)
    // A date has whole seconds; the random part of the first wait is at most half a second.
    expect(main.log[0]).toMatch(/Trying again in [23]\.\d s\./)
    expect(main.milliseconds * TIME_LAPSE).toBeGreaterThan(2_000)
  })

  test('main does not wait for a Retry-After past its deadline', async () => {
    setup.inject({
      operation: POST,
      failure: { kind: 'status', status: 429, applied: false, headers: { 'retry-after': '3600' } },
    })
    const { main } = await setup.life()
    expect(errorsOf(main)).toEqual([expect.stringMatching(/Gave up: this step is limited to 175 s/)])
    expect(main.milliseconds * TIME_LAPSE).toBeLessThan(60_000)
  })

  test('main gives up after a 503, although the key was created: post finds it', async () => {
    const headers = { 'retry-after': '3600' }
    setup.inject({ operation: POST, failure: { kind: 'status', status: 503, applied: true, headers } })
    const { main, post } = await setup.life()
    expect([main.exitCode, post.exitCode]).toEqual([1, 0])
    expect(setup.neon.createdKeys()).toEqual([])
  })

  test.each([400, 401, 403, 404, 409, 422])('%i: stop, with the reason and the request ID', async (status) => {
    setup.inject({ operation: POST, failure: { kind: 'status', status, applied: false } })
    const { main, post } = await setup.life()
    expect(main.exitCode).toBe(1)
    expect(errorsOf(main)).toEqual([
      expect.stringContaining(
        `"simulated ${status}" (${status}, request ${setup.neon.requests[0]?.headers['x-request-id']})`,
      ),
    ])
    expect(requestsOf(setup.neon)).toEqual([`POST ${status}`])
    expect(post.exitCode).toBe(0)
  })

  test.each([301, 302, 307, 308])('%i: redirects are not followed', async (status) => {
    setup.inject({
      operation: POST,
      failure: { kind: 'status', status, applied: false, headers: { location: `${setup.host}/api_keys` } },
    })
    const { main } = await setup.life()
    expect(errorsOf(main)).toEqual([expect.stringMatching(/redirect.*not followed.*Check api_host/)])
    expect(setup.neon.requests).toHaveLength(1)
  })

  const unsure: [string, Failure][] = [
    ['reset before it was applied', { kind: 'reset', applied: false }],
    ['reset after it was applied', { kind: 'reset', applied: true }],
    ['500 after it was applied', { kind: 'status', status: 500, applied: true }],
    ['502 after it was applied', { kind: 'status', status: 502, applied: true }],
    ['504 after it was applied', { kind: 'status', status: 504, applied: true, body: '<html>Gateway Timeout</html>' }],
    ['a 200 of garbage', { kind: 'body', body: 'garbage' }],
    ['a 200 of null', { kind: 'body', body: 'null' }],
    ['a 200 that is cut off', { kind: 'truncate' }],
    ['a 200 without the key', { kind: 'fields', fields: { key: undefined } }],
    ['a 200 with an empty key', { kind: 'fields', fields: { key: '' } }],
  ]
  test.each(unsure)(
    '%s: main finds the key by its name, revokes it, and creates one under another name',
    async (_case, failure) => {
      setup.inject({ operation: POST, failure })
      const job = setup.job()
      const main = await setup.main(job)
      expect(main.exitCode).toBe(0)
      // Only the key that later steps get; the key of the lost answer is already revoked.
      expect(setup.neon.createdKeys().map(({ id }) => id)).toEqual([main.outputs.api_key_id])
      const [first, second] = setup.neon.requests
        .filter(({ method }) => method === 'POST')
        .map(({ body }) => JSON.parse(body).key_name)
      expect(first).not.toBe(second)
      await job.end()
      expect(setup.neon.createdKeys()).toEqual([])
    },
  )

  test('a create that is applied late, after main has looked: post finds it', async () => {
    setup.inject({ operation: POST, failure: { kind: 'late', milliseconds: 400 } })
    const job = setup.job()
    const main = await setup.main(job)
    expect(main.exitCode).toBe(0)
    while (setup.neon.createdKeys().length < 2) await sleep(10)
    const [post] = await job.end()
    expect(post?.exitCode).toBe(0)
    expect(setup.neon.createdKeys()).toEqual([])
  })

  test('503 although the key was created: the name that is taken reveals it', async () => {
    setup.inject({ operation: POST, failure: { kind: 'status', status: 503, applied: true } })
    const job = setup.job()
    const main = await setup.main(job)
    expect(main.exitCode).toBe(0)
    expect(requestsOf(setup.neon)).toEqual(['POST 503', 'POST 400', 'GET 200', 'DELETE 200', 'POST 200'])
    expect(setup.neon.createdKeys()).toHaveLength(1)
  })
})

describe('never sent', () => {
  /** Milliseconds, longer than a busy machine needs to start the next step. */
  const REFUSAL = 1_000

  test('refused in main: again', async () => {
    const job = setup.job()
    setup.inject({ operation: POST, failure: { kind: 'refuse', milliseconds: REFUSAL } })
    await setup.main(job)
    const second = await setup.main(job, { env_name: 'SECOND' })
    expect(second.exitCode).toBe(0)
    expect(second.log[0]).toMatch(/ECONNREFUSED.*Trying again/)
    const posts = await job.end()
    expect(posts.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    expect(setup.neon.createdKeys()).toEqual([])
  })

  test('refused in post: again', async () => {
    const job = setup.job()
    setup.inject({ operation: POST, failure: { kind: 'refuse', milliseconds: REFUSAL } })
    await setup.main(job)
    const [post] = await job.end()
    expect(post?.log[0]).toMatch(/Could not revoke.*ECONNREFUSED.*Trying again/)
    expect(post?.exitCode).toBe(0)
    expect(setup.neon.createdKeys()).toEqual([])
  })
})

describe('revoke', () => {
  const again: [string, Failure][] = [
    ...[423, 429, 503, 500, 502, 504].map((status): [string, Failure] => [
      `${status}`,
      { kind: 'status', status, applied: false },
    ]),
    ['reset before it was applied', { kind: 'reset', applied: false }],
    [
      'a 200 of garbage for a request that was not applied',
      { kind: 'status', status: 200, applied: false, body: 'garbage' },
    ],
    ['a 200 for another ID', { kind: 'status', status: 200, applied: false, body: '{"id":7,"revoked":true}' }],
  ]
  test.each(again)('%s: again', async (_case, failure) => {
    setup.inject({ operation: DELETE, failure })
    const { post } = await setup.life()
    expect(post.exitCode).toBe(0)
    expect(requestsOf(setup.neon).slice(2)).toEqual(['DELETE 200'])
    expect(setup.neon.createdKeys()).toEqual([])
  })

  test.each<[string, Failure]>([
    ['reset', { kind: 'reset', applied: true }],
    ['500', { kind: 'status', status: 500, applied: true }],
    ['a 200 that is cut off', { kind: 'truncate' }],
    ['a 200 that says revoked: false', { kind: 'fields', fields: { revoked: false } }],
  ])('%s after the key was revoked: again; the list settles the 404', async (_case, failure) => {
    setup.inject({ operation: 'revokeOrgApiKey', failure })
    const { post } = await setup.life({ org_id: setup.neon.organization.id })
    expect(post).toMatchObject({ exitCode: 0 })
    expect(post.log.at(-1)).toMatch(/was already revoked/)
    expect(requestsOf(setup.neon).slice(2)).toEqual(['DELETE 404', 'GET 200'])
  })

  test.each([400, 403])('%i: stop, and the fresh key revokes itself', async (status) => {
    setup.inject({ operation: DELETE, failure: { kind: 'status', status, applied: false } })
    const { post } = await setup.life()
    expect(post.exitCode).toBe(0)
    expect(requestsOf(setup.neon).slice(1)).toEqual([`DELETE ${status}`, 'DELETE 200'])
    expect(setup.neon.createdKeys()).toEqual([])
  })

  test('403 for a project-scoped key, which cannot revoke itself: fail, with ID, name and instructions', async () => {
    setup.inject({ operation: 'revokeOrgApiKey', times: 9, failure: { kind: 'status', status: 403, applied: false } })
    const { main, post } = await setup.life({ project_id: setup.neon.project.id })
    expect(post.exitCode).toBe(1)
    const [error] = errorsOf(post)
    expect(error).toMatch(/^A Neon API key may still be alive: /)
    expect(error).toContain(`${main.outputs.api_key_id} (${main.outputs.api_key_name})`)
    expect(error).toContain(`neon api-keys revoke ${main.outputs.api_key_id} --org-id ${setup.neon.organization.id}`)
    expect(error).toMatch(/"simulated 403" \(403, request [0-9a-f-]{36}\)/)
    expect(setup.neon.createdKeys()).toHaveLength(1)
  })
})

describe('list and look up', () => {
  const again: [string, Failure][] = [
    ...[423, 429, 503, 500, 502, 504].map((status): [string, Failure] => [
      `${status}`,
      { kind: 'status', status, applied: false },
    ]),
    ['reset', { kind: 'reset', applied: false }],
    ['a 200 of garbage', { kind: 'body', body: '<html>' }],
    ['a 200 of a wrong shape', { kind: 'body', body: '{"keys":[]}' }],
    ['a 200 with an entry that cannot be read', { kind: 'body', body: '[{"id":"x"}]' }],
    ['a 200 that is cut off', { kind: 'truncate' }],
  ]
  test.each(again)('%s: again', async (_case, failure) => {
    setup.inject({ operation: POST, failure: { kind: 'reset', applied: true } })
    setup.inject({ operation: GET, failure })
    const job = setup.job()
    const main = await setup.main(job)
    expect(main.exitCode).toBe(0)
    expect(setup.neon.createdKeys().map(({ id }) => id)).toEqual([main.outputs.api_key_id])
  })

  test('403 on the list: main stops, post tries once more and fails with the name', async () => {
    setup.inject({ operation: POST, failure: { kind: 'reset', applied: true } })
    setup.inject({ operation: GET, times: 9, failure: { kind: 'status', status: 403, applied: false } })
    const { main, post } = await setup.life()
    expect(main.exitCode).toBe(1)
    expect(post.exitCode).toBe(1)
    const [orphan] = setup.neon.createdKeys()
    expect(errorsOf(post)).toEqual([expect.stringContaining(`An API key named ${orphan?.name}`)])
  })

  test('the project is looked up again after a 503', async () => {
    setup.inject({ operation: 'getProject', failure: { kind: 'status', status: 503, applied: false } })
    const { main } = await setup.life({ project_id: setup.neon.project.id })
    expect(main.exitCode).toBe(0)
  })
})
