import fc from 'fast-check'
import { TransportError } from '../src/base/http.ts'
import { parseKeepingIds } from '../src/base/json.ts'
import { InvalidBody } from '../src/neon/answers.ts'
import { classifyFailure, classifyResponse } from '../src/neon/outcome.ts'

const attempt = { action: 'create the API key', requestId: 'r', date: Date.parse('2026-01-01T00:00:00Z') }
const answer = (status: number, headers = {}, body = '{"message":"Neon\'s","code":""}') =>
  classifyResponse({ status, headers, body }, () => 'value', attempt)

test.each([
  [200, 'done'],
  [204, 'done'],
  [302, 'refused'],
  [400, 'refused'],
  [401, 'refused'],
  [404, 'refused'],
  [408, 'refused'],
  [423, 'again'],
  [429, 'again'],
  [500, 'maybe'],
  [501, 'maybe'],
  [502, 'maybe'],
  [503, 'again'],
  [504, 'maybe'],
  [520, 'maybe'],
])('%i is %s', (status, kind) => expect(answer(status).kind).toBe(kind))

test('a request with an invalid 2xx may have been applied, and the reason describes the answer', () => {
  const decode = (): never => {
    throw new InvalidBody('an HTML page')
  }
  expect(classifyResponse({ status: 200, headers: {}, body: '' }, decode, attempt)).toEqual({
    kind: 'maybe',
    invalid: true,
    why: 'Could not create the API key: Neon answered with an HTML page (200, request r)',
  })
})

test.each([423, 503])("a request with a %i that is not Neon's own may have been applied", (status) => {
  for (const body of ['', '<html>', '{}', 'null', '[]', '{"message":7}', '{"message":"x","request_id":"another"}'])
    expect(answer(status, {}, body).kind).toBe('maybe')
})

test("a 503 with the request's ID is Neon's own, even without a code", () =>
  expect(answer(503, {}, '{"message":"x","request_id":"r"}').kind).toBe('again'))

test.each([408, 425, 499])('%i of a gateway may have happened; of Neon it has not', (status) => {
  expect(answer(status, {}, '<html>').kind).toBe('maybe')
  expect(answer(status).kind).toBe('refused')
})

test('an answer larger than any of Neon is invalid', () => {
  const cause = Object.assign(new Error('too large'), { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' })
  expect(classifyFailure(new TransportError('x', true, { cause }), attempt)).toMatchObject({
    kind: 'maybe',
    invalid: true,
  })
})

test('a request with a 429 from any sender was not applied', () => expect(answer(429, {}, '').kind).toBe('again'))

test("a Retry-After date counts from the answer's own Date", () => {
  const headers = { 'retry-after': 'Thu, 01 Jan 2015 00:00:07 GMT', date: 'Thu, 01 Jan 2015 00:00:00 GMT' }
  expect(answer(429, headers)).toMatchObject({ retryAfter: 7_000 })
})

test.each([
  ['3', 3_000],
  [' 0 ', 0],
  ['Thu, 01 Jan 2026 00:00:07 GMT', 7_000],
  ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
])("Retry-After '%s'", (header, retryAfter) => {
  expect(answer(429, { 'retry-after': header })).toMatchObject({ retryAfter })
})

test("only Neon's message is quoted, nothing else of a body", () => {
  expect(answer(400, {}, '{"message":"no such thing"}')).toMatchObject({
    error: { message: expect.stringContaining('"no such thing"') },
  })
  expect(answer(502, {}, '<html>secret</html>')).toMatchObject({ why: expect.not.stringContaining('secret') })
})

test('a request that was never sent is repeated; one that may have been sent is not', () => {
  const cause = Object.assign(new Error(''), { code: 'ECONNREFUSED' })
  expect(classifyFailure(new TransportError('x', false, { cause }), attempt)).toMatchObject({
    kind: 'again',
    sent: false,
  })
  expect(classifyFailure(new TransportError('x', true, { cause }), attempt).kind).toBe('maybe')
})

test('a failure that waiting cannot fix is recognized among those of several addresses', () => {
  const expired = Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' })
  const cause = new AggregateError([new Error('refused'), expired])
  expect(classifyFailure(new TransportError('x', false, { cause }), attempt)).toMatchObject({
    kind: 'refused',
    error: { message: expect.stringContaining('The clock of this machine says 2026-01-01') },
  })
})

test('IDs keep every digit; everything else is parsed as by JSON.parse', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), fc.jsonValue(), (id, value) => {
      expect(parseKeepingIds(`{"id":${id},"nested":[{"id":${id}}]}`)).toEqual({ id, nested: [{ id }] })
      const text = JSON.stringify({ value })
      if (!text.includes('"id"')) expect(parseKeepingIds(text)).toEqual(JSON.parse(text))
    }),
  )
  expect(parseKeepingIds('{')).toBeUndefined()
})
