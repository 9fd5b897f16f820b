import fc from 'fast-check'
import { TransportError } from '../src/base/http.ts'
import { parseKeepingIds } from '../src/base/json.ts'
import { InvalidBody } from '../src/neon/answers.ts'
import { classifyFailure, classifyResponse } from '../src/neon/outcome.ts'

const attempt = { action: 'create the API key', requestId: 'r', date: Date.parse('2026-01-01T00:00:00Z') }
const answer = (status: number, headers = {}, body = '{"message":"Neon\'s","code":""}') =>
  classifyResponse({ status, headers, body }, () => 'value', attempt)

test.each([
  [199, 'maybe'],
  [200, 'done'],
  [204, 'done'],
  [299, 'done'],
  [300, 'refused'],
  [302, 'refused'],
  [400, 'refused'],
  [401, 'refused'],
  [399, 'refused'],
  [404, 'refused'],
  [408, 'refused'],
  [423, 'again'],
  [429, 'again'],
  [499, 'refused'],
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
  ['120', 120_000],
  [' 30 ', 30_000],
  ['3x', undefined],
  ['x3', undefined],
  ['Thu, 01 Jan 2026 00:00:07 GMT', 7_000],
  ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
])("Retry-After '%s'", (header, retryAfter) => {
  expect(answer(429, { 'retry-after': header })).toMatchObject({ retryAfter })
})

test('of several Retry-After headers, the first counts', () => {
  expect(answer(429, { 'retry-after': ['3', '7'] })).toMatchObject({ retryAfter: 3_000 })
  expect(answer(429)).toMatchObject({ retryAfter: undefined })
})

test('the reason quotes the message, the status and the request', () => {
  expect(answer(502, {}, '')).toMatchObject({ why: 'Neon failed to create the API key (502, request r)' })
  expect(answer(429, {}, '{"message":""}')).toMatchObject({
    why: 'Neon could not create the API key now (429, request r)',
  })
  expect(answer(500, {}, `{"message":"${'x'.repeat(400)}"}`)).toMatchObject({
    why: `Neon failed to create the API key: "${'x'.repeat(300)}" (500, request r)`,
  })
  expect(answer(302)).toMatchObject({
    error: { status: 302, message: expect.stringMatching(/^The address of Neon's API answered with a redirect \(302/) },
  })
})

test('an error in reading an answer that is none of ours is thrown', () => {
  const decode = (): never => {
    throw new TypeError('a bug')
  }
  expect(() => classifyResponse({ status: 200, headers: {}, body: '' }, decode, attempt)).toThrow('a bug')
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

/** The outcome of a connection that failed with a code. */
const failure = (code: string, name = 'Error') => {
  const cause = Object.assign(new Error('failed'), { name }, code !== '' && { code })
  const outcome = classifyFailure(new TransportError('x', false, { cause }), attempt)
  return outcome.kind === 'refused' ? outcome.error.message.replace(/^.*\(request r\)\. /, '') : outcome.kind
}

const CLOCK =
  'The clock of this machine says 2026-01-01T00:00:00.000Z. If that is wrong, correct it; otherwise, renew the certificate.'
const AUTHORITY = 'If a proxy uses its own certificate, set NODE_EXTRA_CA_CERTS to a file that contains it.'
const NO_TLS = 'The server does not use TLS. Check api_host: whether https:// should be http://, and the port.'
const OLD_TLS = 'The server does not support TLS 1.2 or newer. Check api_host.'
const PROXY = 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.'

// The codes of src/base/proxy.ts, of Node (https://nodejs.org/api/tls.html#x509-certificate-error-codes) and of OpenSSL.
test.each(
  [
    ['PROXY_UNUSABLE', PROXY],
    ['PROXY_REFUSED', PROXY],
    ['PROXY_FAILED', 'again'],
    ['', 'again'],
    ['CERT_HAS_EXPIRED', CLOCK],
    ['CERT_NOT_YET_VALID', CLOCK],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'The certificate is for another host name. Check api_host.'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'The server requires a client certificate. Check api_host.'],
    ['ERR_SSL_CERTIFICATE_VERIFY_FAILED', 'The server requires a client certificate. Check api_host.'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', AUTHORITY],
    ['SELF_SIGNED_CERT_IN_CHAIN', AUTHORITY],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', AUTHORITY],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', AUTHORITY],
    ['UNABLE_TO_GET_CRL', AUTHORITY],
    ['ERR_TLS_INVALID_PROTOCOL_VERSION', AUTHORITY],
    ['ERR_SSL_WRONG_VERSION_NUMBER', NO_TLS],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', NO_TLS],
    ['ERR_SSL_HTTP_REQUEST', NO_TLS],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', OLD_TLS],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', OLD_TLS],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', OLD_TLS],
    ['ERR_SSL_NO_CIPHERS_AVAILABLE', OLD_TLS],
    ['ERR_SSL_VERSION_TOO_LOW', OLD_TLS],
    ['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', 'The server does not support HTTP/1.1. Check api_host.'],
    ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'The server does not know this host name. Check api_host.'],
    ['ECONNREFUSED', 'again'],
    ['ENOTFOUND', 'again'],
    ['ETIMEDOUT', 'again'],
    ['UND_ERR_CONNECT_TIMEOUT', 'again'],
    ['EPROTO', 'again'],
    // Not these codes.
    ...['XPROXY_REFUSED', 'PROXY_REFUSEDX', 'XERR_TLS_', 'ERR_SSL_WRONG_VERSION_NUMBERX', 'XERR_SSL_HTTP_REQUEST'],
    ...['XERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_SSL_UNSUPPORTED_PROTOCOLX', 'XERR_SSL_NO_APPLICATION_PROTOCOL'],
    ...['ERR_SSL_NO_APPLICATION_PROTOCOLX', 'XERR_SSL_UNRECOGNIZED_NAME', 'ERR_SSL_UNRECOGNIZED_NAMEX'],
  ].map((row) => (typeof row === 'string' ? [row, 'again'] : row)),
)('before a request is sent, %s: %s', (code = '', advice) => expect(failure(code)).toBe(advice))

test.each([
  ...['XCERT_HAS_EXPIRED', 'CERT_HAS_EXPIREDX', 'XERR_TLS_CERT_ALTNAME_INVALID', 'ERR_TLS_CERT_ALTNAME_INVALIDX'],
  'XERR_SSL_CERTIFICATE',
])('another code about certificates, %s', (code) => expect(failure(code)).toBe(AUTHORITY))

test("undici's error for what is not HTTP/1.1 has no code", () => {
  const advice = 'The server does not support HTTP/1.1. Check api_host.'
  expect(['HTTPParserError', 'XHTTPParserError', 'HTTPParserErrorX'].map((name) => failure('', name))).toEqual([
    advice,
    'again',
    'again',
  ])
})

test.each([
  ['HTTPParserError', true],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', true],
  ['XHTTPParserError', false],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZEX', false],
  ['ECONNRESET', false],
])('after a request was sent, %s is an invalid answer: %s', (code, invalid) => {
  const cause = Object.assign(new Error('failed'), { code })
  expect(classifyFailure(new TransportError('x', true, { cause }), attempt)).toMatchObject({ kind: 'maybe', invalid })
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
