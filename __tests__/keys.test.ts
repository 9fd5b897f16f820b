// Neon's API with a scripted HTTP: exactly which requests are sent, and what errors say.

import { Deadline } from '../src/base/clock.ts'
import type { HttpRequest, HttpResponse } from '../src/base/http.ts'
import { connect } from '../src/neon/client.ts'
import type { Scope } from '../src/neon/scope.ts'

let sent: HttpRequest[] = []
let waits: string[] = []
const masked: string[] = []
beforeEach(() => {
  sent = []
  waits = []
})

const answer = (body: unknown, status = 200): HttpResponse => ({ status, headers: {}, body: JSON.stringify(body) })
const NOT_FOUND = answer({ message: 'not found', code: '' }, 404)
const FAILED = answer({}, 500)
const listed = (...keys: [id: number, name: string][]) => answer(keys.map(([id, name]) => ({ id, name })))
const revoked = (id: number) => answer({ id, revoked: true })

/** Neon gives these answers, one after another. */
function neonWith(...answers: HttpResponse[]) {
  let now = 0
  const clock = {
    now: () => now,
    date: () => 0,
    async sleep(milliseconds: number) {
      now += milliseconds
    },
  }
  const exchange = async (request: HttpRequest): Promise<HttpResponse> => {
    sent.push(request)
    return answers.shift() ?? FAILED
  }
  const effects = { clock, http: { exchange }, random: () => 0.5, cancelled: new AbortController().signal }
  const runner = {
    mask: (secret: string) => void masked.push(secret),
    waiting: (text: string) => void waits.push(text),
  }
  const connection = { apiHost: 'https://neon.test/api', apiKey: 'the-long-lived-key' }
  return connect({ ...effects, runner }, { ...connection, deadline: new Deadline(clock, 60_000) })
}

const personal: Scope = { kind: 'personal' }
const project: Scope = { kind: 'project', orgId: 'o', projectId: 'p' }
const keysWith = (scope: Scope, ...answers: HttpResponse[]) => neonWith(...answers).keysOf(scope)
const requests = () => sent.map(({ method, url, body }) => [method, url.href, body].filter(Boolean).join(' '))

test('a create names the project only if the key is limited to one', async () => {
  const created = answer({ id: 7, key: 'fresh-key' })
  await keysWith(personal, created).create('n')
  await keysWith({ kind: 'organization', orgId: 'o' }, created).create('n')
  const { projectId } = keysWith(project)
  await keysWith(project, created).create('n')
  expect(projectId).toBe('p')
  expect(requests()).toEqual([
    'POST https://neon.test/api/api_keys {"key_name":"n"}',
    'POST https://neon.test/api/organizations/o/api_keys {"key_name":"n"}',
    'POST https://neon.test/api/organizations/o/api_keys {"key_name":"n","project_id":"p"}',
  ])
  expect(masked).toContain('fresh-key')
})

test('an answer that repeats the long-lived key is no new key', async () => {
  expect(await keysWith(personal, answer({ id: 7, key: 'the-long-lived-key' })).create('n')).toMatchObject({
    kind: 'maybe',
    invalid: true,
    why: expect.stringMatching(/^Could not create the API key: Neon answered with the API key that was sent \(200,/),
  })
})

test('each wait says what failed', async () => {
  const neon = neonWith(
    FAILED,
    FAILED,
    listed(),
    FAILED,
    revoked(7),
    FAILED,
    answer({ project: { id: 'x', org_id: 'o' } }),
  )
  await neon.keysOf(personal).list()
  await neon.keysOf(personal).revoke('7')
  await neon.organizationOf('x')
  expect(waits.map((text) => text.replace(/ \(500, request .*\)/, ''))).toEqual([
    'Neon failed to list the API keys. Trying again in 0.3 s.',
    'Neon failed to list the API keys. Trying again in 0.5 s.',
    'Neon failed to revoke the API key 7. Trying again in 0.3 s.',
    'Neon failed to look up the project x. Trying again in 0.3 s.',
  ])
})

test('the kind of the key is asked for once, and may stay unknown', async () => {
  expect(await neonWith(answer({ auth_method: 'api_key_org' })).authMethod()).toBe('api_key_org')
  expect(await neonWith(FAILED, answer({ auth_method: 'api_key_org' })).authMethod()).toBeUndefined()
  expect(await neonWith(answer({ auth_method: 7 })).authMethod()).toBeUndefined()
  expect(requests()).toEqual(Array(3).fill('GET https://neon.test/api/auth'))
})

test('a revocation: by ID; a 404 is settled by the list', async () => {
  const key = { id: '7', name: 'n' }
  expect(await keysWith(personal, revoked(7)).revokeAndConfirm(key)).toEqual({})
  expect(await keysWith(personal, NOT_FOUND, listed([8, 'other'])).revokeAndConfirm(key)).toBeUndefined()
  await expect(keysWith(personal, NOT_FOUND, listed([7, 'n'])).revokeAndConfirm(key)).rejects.toThrow('not found')
  await expect(keysWith(personal, answer({}, 403)).revokeAndConfirm(key)).rejects.toMatchObject({ status: 403 })
  expect(requests()).toEqual([
    'DELETE https://neon.test/api/api_keys/7',
    ...['DELETE https://neon.test/api/api_keys/7', 'GET https://neon.test/api/api_keys'],
    ...['DELETE https://neon.test/api/api_keys/7', 'GET https://neon.test/api/api_keys'],
    'DELETE https://neon.test/api/api_keys/7',
  ])
})

test('after a 404, a key of that name under another ID is revoked, and no other', async () => {
  const answers = [NOT_FOUND, listed([8, 'other'], [9, 'n'], [10, 'n ']), revoked(9)]
  expect(await keysWith(personal, ...answers).revokeAndConfirm({ id: '7', name: 'n' })).toEqual({})
  expect(requests().slice(2)).toEqual(['DELETE https://neon.test/api/api_keys/9'])
})

test('of several listed keys, one that cannot be revoked does not stop the rest, and is reported', async () => {
  const keys = keysWith(personal, listed([7, 'a'], [8, 'b'], [9, 'c']), answer({}, 403), revoked(9))
  await expect(keys.revokeListed((all) => all.filter(({ name }) => name !== 'b'))).rejects.toMatchObject({
    status: 403,
  })
  expect(requests().slice(1)).toEqual([
    'DELETE https://neon.test/api/api_keys/7',
    'DELETE https://neon.test/api/api_keys/9',
  ])
})

test('listed keys that were revoked, also by somebody else, are returned', async () => {
  const used = answer({ id: 8, revoked: true, last_used_at: null, last_used_from_addr: '192.0.2.1' })
  const keys = keysWith(personal, listed([7, 'a'], [8, 'b']), NOT_FOUND, listed([8, 'b']), used)
  expect(await keys.revokeListed((all) => all)).toEqual([
    { id: '7', name: 'a' },
    { id: '8', name: 'b', lastUsedAt: 'never', lastUsedFrom: '192.0.2.1' },
  ])
})

test('every request has its own ID and the headers of docs/behavior.md', async () => {
  await keysWith(personal, FAILED, listed()).list()
  const [first, second] = sent.map(({ headers }) => headers)
  expect(first).toMatchObject({
    accept: 'application/json',
    'accept-encoding': 'identity',
    authorization: 'Bearer the-long-lived-key',
    'user-agent': expect.stringMatching(/^ephemeral-neon-api-key\/\d+\.\d+\.\d+$/),
  })
  expect(first).not.toHaveProperty('content-type')
  expect(first?.['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  expect(first?.['x-request-id']).not.toBe(second?.['x-request-id'])
  expect(waits[0]).toContain(`(500, request ${first?.['x-request-id']})`)
})

test("dates are compared on Neon's clock, by the Date of its last answer", async () => {
  const neon = neonWith({ ...listed(), headers: { date: 'Thu, 01 Jan 1970 01:00:00 GMT' } }, listed())
  expect(neon.date()).toBe(0)
  await neon.keysOf(personal).list()
  await neon.keysOf(personal).list()
  expect(neon.date()).toBe(3_600_000)
})

test('the time limit of a request: its own, or what is left of the step', async () => {
  const neon = neonWith(answer({}, 429), listed(), answer({ id: 7, key: 'fresh-key' }), revoked(7))
  await neon.keysOf(personal).list()
  await neon.retrier.waitOrGiveUp('x', 0, { retryAfter: 40_000 })
  await neon.keysOf(personal).create('n')
  await neon.keysOf(personal).revoke('7')
  expect(sent.map(({ timeout }) => timeout)).toEqual([12_000, 12_000, 17_250, 12_000])
})
