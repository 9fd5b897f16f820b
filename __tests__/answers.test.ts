// What of an answer is read, and what makes it invalid; documented-answers.test.ts has the answers of Neon's documents.

import {
  decodeAuthMethod,
  decodeCreatedKey,
  decodeError,
  decodeKeys,
  decodeProjectOrganization,
  decodeRevokedKey,
  InvalidBody,
} from '../src/neon/answers.ts'

let secrets: string[] = []
const onSecret = (secret: string) => void secrets.push(secret)
beforeEach(() => {
  secrets = []
})

const created = (body: string) => decodeCreatedKey(body, onSecret)
const revoked = (body: string) => decodeRevokedKey(body, '7')
const listed = (body: string) => decodeKeys(body, onSecret)
const organization = (body: string) => decodeProjectOrganization(body, 'p')
const DATE = '2026-01-02T03:04:05Z'

test.each<[(body: string) => unknown, string, string]>([
  // Any JSON.
  [created, '', 'an empty body'],
  [created, ' \n\t', 'an empty body'],
  [created, '<!DOCTYPE html><p>', 'an HTML page'],
  [created, ' \n<HTML>', 'an HTML page'],
  [created, '<head>', 'an HTML page'],
  [created, '<body class="x">', 'an HTML page'],
  [created, '<p>', 'text that is not JSON'],
  [created, 'x <html>', 'text that is not JSON'],
  [created, 'x<html>', 'text that is not JSON'],
  [created, '{', 'text that is not JSON'],
  ...['null', '7', '"text"', '[]', '[{"id":7}]'].map((body): [(body: string) => unknown, string, string] => [
    created,
    body,
    'JSON that is not an object',
  ]),
  // IDs.
  [created, '{"key":"12345678"}', 'JSON without an ID'],
  [created, '{"id":null,"key":"12345678"}', 'JSON without an ID'],
  [created, '{"id":"7","key":"12345678"}', 'JSON whose ID is a string, not a positive integer'],
  [created, '{"id":0,"key":"12345678"}', 'JSON whose ID is 0, not a positive integer'],
  [created, '{"id":-7,"key":"12345678"}', 'JSON whose ID is -7, not a positive integer'],
  [created, '{"id":7.5,"key":"12345678"}', 'JSON whose ID is 7.5, not a positive integer'],
  [created, '{"id":true,"key":"12345678"}', 'JSON whose ID is malformed, not a positive integer'],
  [created, '{"id":{},"key":"12345678"}', 'JSON whose ID is malformed, not a positive integer'],
  // Keys.
  [created, '{"id":7}', 'JSON without an API key'],
  [created, '{"id":7,"key":""}', 'JSON without an API key'],
  [created, '{"id":7,"key":12345678}', 'JSON without an API key'],
  [created, '{"id":7,"key":"1234567"}', 'JSON with a key that cannot be an API key'],
  [created, '{"id":7,"key":"1234 5678"}', 'JSON with a key that cannot be an API key'],
  [created, '{"id":7,"key":"1234567é"}', 'JSON with a key that cannot be an API key'],
  // Revocations.
  [revoked, '{"id":8,"revoked":true}', 'an answer about another API key'],
  [revoked, '{"id":7}', 'JSON that does not say that the API key is revoked'],
  [revoked, '{"id":7,"revoked":false}', 'JSON that does not say that the API key is revoked'],
  [revoked, '{"id":7,"revoked":"true"}', 'JSON that does not say that the API key is revoked'],
  // Lists.
  [listed, '{}', 'JSON that is not a list'],
  [listed, '[7]', 'JSON that is not an object'],
  [listed, '[{"id":7}]', 'a list with an entry without a name'],
  [listed, '[{"id":7,"name":8}]', 'a list with an entry without a name'],
  [listed, '[{"id":7,"name":"x"},{"name":"y"}]', 'JSON without an ID'],
  // Projects.
  [organization, '{}', 'JSON that is not an object'],
  [organization, '{"project":{"id":"other","org_id":"o"}}', 'an answer about another project'],
  [organization, '{"project":{}}', 'JSON without a project'],
  [organization, '{"project":{"org_id":"NOT AN ID"}}', 'a malformed organization ID'],
  [decodeAuthMethod, '{"auth_method":7}', 'JSON without auth_method'],
])('%p: %s is %s', (decode, body, description) => {
  const error: unknown = (() => {
    try {
      return decode(body)
    } catch (thrown) {
      return thrown
    }
  })()
  expect(error).toBeInstanceOf(InvalidBody)
  expect(error).toMatchObject({ name: 'InvalidBody', message: description })
})

test.each<[(body: string) => unknown, string, unknown]>([
  [created, '{"id":7,"key":"12345678"}', { id: '7', key: '12345678', name: undefined, projectId: undefined }],
  [
    created,
    '{"id":9223372036854775807,"key":"12345678","name":"n","project_id":"p","more":1}',
    { id: '9223372036854775807', key: '12345678', name: 'n', projectId: 'p' },
  ],
  [revoked, '{"id":7,"revoked":true}', {}],
  [revoked, '{"id":7,"revoked":true,"last_used_at":null}', { lastUsedAt: 'never' }],
  [
    revoked,
    `{"id":7,"revoked":true,"last_used_at":"${DATE}","last_used_from_addr":"192.0.2.1"}`,
    { lastUsedAt: DATE, lastUsedFrom: '192.0.2.1' },
  ],
  [listed, '[]', []],
  [
    listed,
    `[{"id":7,"name":"","created_at":"${DATE}","last_used_at":"${DATE}","project_id":"p"},{"id":8,"name":"n"}]`,
    [
      { id: '7', name: '', createdAt: DATE, lastUsedAt: DATE, projectId: 'p' },
      { id: '8', name: 'n', createdAt: '', lastUsedAt: undefined, projectId: undefined },
    ],
  ],
  [organization, '{"project":{"id":"p","org_id":"org-1"}}', 'org-1'],
  [organization, '{"project":{"org_id":"org-1"}}', 'org-1'],
  [organization, '{"project":{"id":"p"}}', ''],
  [organization, '{"project":{"org_id":""}}', ''],
  [decodeAuthMethod, '{"auth_method":"api_key_org"}', 'api_key_org'],
])('%p reads %s', (decode, body, value) => expect(decode(body)).toEqual(value))

test.each([DATE, '2026-01-02T03:04:05.678901Z', '2026-01-02T03:04:05+02:00'])('%s is a date', (date) =>
  expect(revoked(`{"id":7,"revoked":true,"last_used_at":"${date}"}`).lastUsedAt).toBe(date),
)

test.each([
  '0001-01-01T00:00:00Z',
  '2026-99-99T00:00:00Z',
  `${DATE}\\n::error::x`,
  `${DATE} and more`,
  `on ${DATE}`,
  `x${DATE}`,
  'yesterday',
  '',
])('%s is not', (date) =>
  expect(revoked(`{"id":7,"revoked":true,"last_used_at":"${date}"}`).lastUsedAt).toBeUndefined(),
)

test('anything that may be a key is passed on before it is checked', () => {
  expect(() => created('{"id":"no","key":"short"}')).toThrow(InvalidBody)
  expect(() => created('{"id":7}')).toThrow(InvalidBody)
  listed('[{"id":7,"name":"n","key":"an old edition"},{"id":8,"name":"m"}]')
  expect(secrets).toEqual(['short', 'an old edition'])
})

test.each<[string, unknown]>([
  ['{"message":"m","code":"c"}', { message: 'm', certain: true }],
  ['{"message":"m","code":""}', { message: 'm', certain: true }],
  ['{"message":"m","code":7}', { message: 'm', certain: false }],
  ['{"message":"m","request_id":"r"}', { message: 'm', certain: true }],
  ['{"message":"m","request_id":"x"}', { message: 'm', certain: false }],
  ['{"message":7,"code":"c"}', undefined],
  ['null', undefined],
  ['<html>', undefined],
])("the error %s is Neon's: %j", (body, error) => expect(decodeError(body, 'r')).toEqual(error))
