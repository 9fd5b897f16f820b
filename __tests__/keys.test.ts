// Exactly which requests the client of Neon's API sends, and what its errors say.

import { getEventListeners } from 'node:events'
import { type HttpRequest, type HttpResponse, TransportError } from '../src/base/http.ts'
import type { Keys } from '../src/neon/keys.ts'
import { explain } from '../src/neon/resolve-scope.ts'
import type { Scope } from '../src/neon/scope.ts'
import {
  answer,
  connectFor,
  created,
  listed,
  refusal,
  revoked,
  type ScriptedNeon,
  scriptedNeon,
} from './support/scripted-neon.ts'

const FAILED = answer({}, 500)
const personal: Scope = { kind: 'personal' }
const project: Scope = { kind: 'project', orgId: 'o', projectId: 'p' }

const keysWith = (scope: Scope, ...answers: HttpResponse[]): ScriptedNeon & { keys: Keys } => {
  const script = scriptedNeon(...answers)
  return { ...script, keys: script.neon.keysOf(scope) }
}

test.each<[Scope, string | undefined, string]>([
  [personal, undefined, 'POST /api_keys {"key_name":"n"}'],
  [{ kind: 'organization', orgId: 'o' }, undefined, 'POST /organizations/o/api_keys {"key_name":"n"}'],
  [project, 'p', 'POST /organizations/o/api_keys {"key_name":"n","project_id":"p"}'],
])('a create names the project only if the key is limited to one: %j', async (scope, projectId, request) => {
  const { keys, requests, masked } = keysWith(scope, created(7))
  await keys.create('n')
  expect({ requests, masked, projectId: keys.projectId }).toEqual({
    requests: [request],
    masked: ['fresh-key-7'],
    projectId,
  })
})

test('an answer that repeats the long-lived key is no new key', async () => {
  const { keys } = keysWith(personal, answer({ id: 7, key: 'the-long-lived-key' }))
  expect(await keys.create('n')).toMatchObject({
    kind: 'maybe',
    invalid: true,
    why: expect.stringMatching(/^Could not create the API key: Neon answered with the API key that was sent \(200,/),
  })
})

test('each wait says what failed', async () => {
  const found = answer({ project: { id: 'x', org_id: 'o' } })
  const { neon, keys, waits } = keysWith(personal, FAILED, FAILED, listed(), FAILED, revoked(7), FAILED, found)
  await keys.list()
  await keys.revoke('7')
  await neon.organizationOf('x')
  expect(waits.map((text) => text.replace(/ \(500, request .*\)/, ''))).toEqual([
    'Neon failed to list the API keys. Trying again in 0.3 s.',
    'Neon failed to list the API keys. Trying again in 0.5 s.',
    'Neon failed to revoke the API key 7. Trying again in 0.3 s.',
    'Neon failed to look up the project x. Trying again in 0.3 s.',
  ])
})

test.each<[HttpResponse, string | undefined]>([
  [answer({ auth_method: 'api_key_org' }), 'api_key_org'],
  [FAILED, undefined],
  [answer({ auth_method: 7 }), undefined],
])('the kind of the key is asked for once, and may stay unknown', async (first, kind) => {
  const { neon, requests } = scriptedNeon(first, answer({ auth_method: 'api_key_user' }))
  expect(await neon.authMethod()).toBe(kind)
  expect(requests).toEqual(['GET /auth'])
})

const BY_ID = 'DELETE /api_keys/7'
const LIST = 'GET /api_keys'
test.each<[string, HttpResponse[], object | undefined, string[]]>([
  ['by ID', [revoked(7)], {}, [BY_ID]],
  ['a 404, and the list lacks it', [refusal(404), listed([8, 'other'])], undefined, [BY_ID, LIST]],
  ['a 404, but it is listed', [refusal(404), listed([7, 'n'])], { status: 404 }, [BY_ID, LIST]],
  ['another refusal', [refusal(403)], { status: 403 }, [BY_ID]],
  [
    'a 404, and the name is listed under another ID',
    [refusal(404), listed([8, 'other'], [9, 'n'], [10, 'n ']), revoked(9)],
    {},
    [BY_ID, LIST, 'DELETE /api_keys/9'],
  ],
])('a revocation: %s', async (_case, answers, result, expected) => {
  const { keys, requests } = keysWith(personal, ...answers)
  const ended: unknown = await keys.revokeAndConfirm({ id: '7', name: 'n' }).catch((error) => error)
  if (result === undefined) expect(ended).toBeUndefined()
  else expect(ended).toMatchObject(result)
  expect(requests).toEqual(expected)
})

test('of several listed keys, one that cannot be revoked does not stop the rest, and is reported', async () => {
  const { keys, requests } = keysWith(personal, listed([7, 'a'], [8, 'b'], [9, 'c']), refusal(403), revoked(9))
  await expect(keys.revokeListed((all) => all.filter(({ name }) => name !== 'b'))).rejects.toMatchObject({
    status: 403,
  })
  expect(requests).toEqual([LIST, 'DELETE /api_keys/7', 'DELETE /api_keys/9'])
})

test('listed keys that were revoked, also by somebody else, are returned', async () => {
  const used = answer({ id: 8, revoked: true, last_used_at: null, last_used_from_addr: '192.0.2.1' })
  const { keys } = keysWith(personal, listed([7, 'a'], [8, 'b']), refusal(404), listed([8, 'b']), used)
  expect(await keys.revokeListed((all) => all)).toEqual([
    { id: '7', name: 'a' },
    { id: '8', name: 'b', lastUsedAt: 'never', lastUsedFrom: '192.0.2.1' },
  ])
})

test('every request has its own ID and the headers of docs/behavior.md', async () => {
  const { keys, sent, waits } = keysWith(personal, FAILED, listed())
  await keys.list()
  const [first, second] = sent.map(({ headers }) => headers)
  expect(first).toMatchObject({
    accept: 'application/json',
    'accept-encoding': 'identity',
    authorization: 'Bearer the-long-lived-key',
    'user-agent': expect.stringMatching(/^ephemeral-neon-api-key\/\d+\.\d+\.\d+$/),
  })
  expect(first).not.toHaveProperty('content-type')
  const create = keysWith(personal, created(7))
  await create.keys.create('n')
  expect(create.sent[0]?.headers).toMatchObject({ 'content-type': 'application/json' })
  expect(first?.['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  expect(first?.['x-request-id']).not.toBe(second?.['x-request-id'])
  expect(waits[0]).toContain(`(500, request ${first?.['x-request-id']})`)
})

test("dates are compared on Neon's clock, by the Date of its last answer", async () => {
  const { neon, keys } = keysWith(
    personal,
    { ...listed(), headers: { date: 'Thu, 01 Jan 1970 01:00:00 GMT' } },
    listed(),
  )
  expect(neon.date()).toBe(0)
  await keys.list()
  await keys.list()
  expect(neon.date()).toBe(3_600_000)
})

test('the time limit of a request: its own, or what is left of the step', async () => {
  const { neon, keys, sent } = keysWith(personal, created(6), listed(), created(7), revoked(7))
  await keys.create('m')
  await keys.list()
  await neon.retrier.waitOrGiveUp('x', 0, { retryAfter: 40_000 })
  await keys.create('n')
  await keys.revoke('7')
  expect(sent.map(({ timeout }) => timeout)).toEqual([30_000, 12_000, 19_750, 12_000])
})

test('an error that is no refusal needs no explanation', async () => {
  const { neon, requests } = scriptedNeon()
  const error = new Error('Gave up')
  expect(await explain(error, neon, { purpose: 'create', scope: project })).toBe(error)
  expect(requests).toEqual([])
})

describe('when the job is cancelled', () => {
  /** A request that never ends, unless it is aborted; and the waits for a moment to abort it. */
  function pending(answered = false) {
    const cancellation = new AbortController()
    const sent: HttpRequest[] = []
    const waits: { milliseconds: number; end: () => void; signal: AbortSignal | undefined }[] = []
    const clock = {
      now: () => 0,
      date: () => 0,
      sleep: (milliseconds: number, signal?: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          waits.push({ milliseconds, end: resolve, signal })
          signal?.addEventListener('abort', () => reject(signal.reason))
        }),
    }
    const exchange = (request: HttpRequest) =>
      new Promise<HttpResponse>((resolve, reject) => {
        sent.push(request)
        if (answered) setImmediate(() => resolve(created(7)))
        const end = (): void => reject(new TransportError('aborted', true))
        if (request.signal?.aborted) end()
        request.signal?.addEventListener('abort', end)
      })
    const runner = { mask() {}, waiting() {} }
    const neon = connectFor({ clock, http: { exchange }, random: () => 0, cancelled: cancellation.signal, runner })
    return { cancellation, sent, waits, keys: neon.keysOf(personal) }
  }

  test('a create has six more seconds, and is then aborted', async () => {
    const { cancellation, sent, waits, keys } = pending()
    const outcome = keys.create('n')
    expect(waits).toEqual([])
    cancellation.abort()
    expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([6_000])
    expect(sent[0]?.signal?.aborted).toBe(false)
    waits[0]?.end()
    expect(await outcome).toMatchObject({ kind: 'maybe' })
    expect(waits[0]?.signal?.aborted).toBe(true)
    expect(getEventListeners(cancellation.signal, 'abort')).toEqual([])
  })

  test('the wait for that ends with the answer', async () => {
    const { cancellation, waits, keys } = pending(true)
    cancellation.abort()
    expect(await keys.create('n')).toMatchObject({ kind: 'done' })
    expect(waits[0]?.signal?.aborted).toBe(true)
  })

  test('the same if it was cancelled before', async () => {
    const { cancellation, waits, keys } = pending()
    cancellation.abort()
    const outcome = keys.create('n')
    expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([6_000])
    waits[0]?.end()
    expect(await outcome).toMatchObject({ kind: 'maybe' })
  })

  test('a list ends at once', async () => {
    const { cancellation, waits, keys } = pending()
    const list = keys.list()
    cancellation.abort()
    await new Promise(setImmediate)
    // The wait before the next attempt.
    expect(waits.map(({ milliseconds, signal }) => [milliseconds, signal])).toEqual([[0, cancellation.signal]])
    list.catch(() => {})
  })
})
