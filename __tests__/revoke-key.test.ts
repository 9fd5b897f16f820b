// The post step, effect by effect; post.test.ts and forgery.test.ts run it as the runner does.

import { KeyMayBeAlive } from '../src/base/errors.ts'
import type { HttpResponse } from '../src/base/http.ts'
import type { DoubtfulKey } from '../src/neon/settle.ts'
import { type MainRecord, type RecordedKey, saveRecord, type Target, useOf } from '../src/steps/record.ts'
import { revokeKey } from '../src/steps/revoke-key.ts'
import { answer, LONG_LIVED, listed, refusal, revoked, withoutRequestIds } from './support/scripted-neon.ts'
import { type Start, scriptedWorld } from './support/scripted-world.ts'

const NAMES = ['a', 'b', 'c'].map((letter) => `gha/81/19/2/55/${letter.repeat(8)}`)
const [A = '', B = '', C = ''] = NAMES
const PERSONAL: Target = {
  apiHost: 'https://neon.test/v2',
  scope: { kind: 'personal' },
  onRevokeFailure: 'fail',
  proxies: { https: '', http: '', no: '' },
}
const OF_PROJECT: Target = { ...PERSONAL, scope: { kind: 'project', orgId: 'o', projectId: 'p' } }
const SEVEN = { id: '7', name: A, key: 'fresh-key-7' }

const keys = (fields: { created?: RecordedKey; doubtful?: DoubtfulKey[] }, target = PERSONAL): MainRecord => ({
  kind: 'keys',
  doubtful: [],
  names: NAMES,
  ...target,
  ...fields,
})

/** The state in which a record was sealed by main; with another key, the seal is not valid. */
function stateOf(record: MainRecord, apiKey = LONG_LIVED, environment = {}): Record<string, string> {
  const { world, state } = scriptedWorld({ environment })
  saveRecord(world.runner, record, { apiKey, use: useOf(world.environment, world.runner.input('job_id')) })
  return state
}

/** Runs post. @returns what happened, after the mask of the long-lived key and before the error, which is last */
async function post({ record, ...start }: Start & { record?: MainRecord | undefined }): Promise<string[]> {
  const { world, happened } = scriptedWorld({ ...start, state: start.state ?? (record ? stateOf(record) : {}) })
  await revokeKey(world).catch((error) => {
    expect(error).toBeInstanceOf(KeyMayBeAlive)
    const { message, commands, fatal } = error as KeyMayBeAlive
    happened.push(`${fatal ? 'fatal' : 'not fatal'}: ${withoutRequestIds(message)}`, ...commands)
  })
  return happened.slice(1)
}

const UNUSED = answer({ id: 7, revoked: true, last_used_at: null })
const BY_ID = 'request: DELETE /v2/api_keys/7'
const LIST = 'request: GET /v2/api_keys'
const MASKED = 'mask: fresh-key-7'
const BY_HAND = 'Neon API keys never expire: revoke it by hand, with the command above or in the Neon Console.'
const ITSELF =
  'warning: The api_key input could not revoke the key in the post step, so the fresh key revoked itself. Check the secret: it may contain a key that was revoked, or a key of another account. | The api_key input could not revoke the key'

test.each<[string, MainRecord, HttpResponse[], string[]]>([
  ['no key was created', { kind: 'no key' }, [], ['info: No API key was created; there is nothing to revoke.']],
  [
    'a key that was never used',
    keys({ created: SEVEN }),
    [UNUSED],
    [MASKED, BY_ID, `info: Revoked the Neon API key 7 (${A}). It was never used.`],
  ],
  [
    'a key that was used',
    keys({ created: SEVEN }),
    [answer({ id: 7, revoked: true, last_used_at: '2026-01-02T03:04:05Z', last_used_from_addr: '192.0.2.1' })],
    [
      ...[MASKED, BY_ID, `info: Revoked the Neon API key 7 (${A}). It was last used at 2026-01-02T03:04:05Z.`],
      'debug: Last used from 192.0.2.1.',
    ],
  ],
  [
    'an answer that does not tell of its use',
    keys({ created: SEVEN }),
    [revoked(7)],
    [MASKED, BY_ID, `info: Revoked the Neon API key 7 (${A}).`],
  ],
  [
    'a key that is already revoked',
    keys({ created: SEVEN }),
    [refusal(404), listed([8, 'x'])],
    [MASKED, BY_ID, LIST, `info: The Neon API key 7 (${A}) was already revoked.`],
  ],
  [
    'a 404, and other keys of this job are listed',
    keys({ created: SEVEN }),
    [
      refusal(404),
      listed([8, B], [9, 'gha/81/19/2/55/zzzzzzzz'], [10, 'gha/81/19/2/56/zzzzzzzz']),
      revoked(8),
      revoked(9),
    ],
    [
      ...[MASKED, BY_ID, LIST, 'request: DELETE /v2/api_keys/8', 'request: DELETE /v2/api_keys/9'],
      `info: Revoked the Neon API key 7 (${A}).`,
    ],
  ],
  [
    'the long-lived key is rejected: the fresh one revokes itself',
    keys({ created: SEVEN }),
    [refusal(401), UNUSED],
    [MASKED, BY_ID, BY_ID, ITSELF, `info: Revoked the Neon API key 7 (${A}). It was never used.`],
  ],
  [
    'and if it cannot, the rejection is the error',
    keys({ created: SEVEN }),
    [refusal(401), refusal(403)],
    [
      ...[MASKED, BY_ID, BY_ID],
      `fatal: The Neon API key 7 (${A}) of the personal account may still be alive: Neon refused to revoke the API key 7: "it is 401" (401, request r). ${BY_HAND}`,
      'neon api-keys revoke 7',
    ],
  ],
  [
    'a key of a project, which cannot revoke itself; with on_revoke_failure: warn',
    keys({ created: { id: '7', name: A } }, { ...OF_PROJECT, onRevokeFailure: 'warn' }),
    [refusal(401)],
    [
      'request: DELETE /v2/organizations/o/api_keys/7',
      expect.stringMatching(
        /^not fatal: The Neon API key 7 \(gha.*\) of the project p of organization o may still be alive: /,
      ),
      'neon api-keys revoke 7 --org-id o',
    ],
  ],
  [
    'a create that may have been applied late',
    keys({ doubtful: [{ name: A }] }),
    [listed(), listed([7, A], [8, 'x']), UNUSED],
    [LIST, LIST, BY_ID, `info: Revoked the Neon API key 7 (${A}). It was never used.`],
  ],
  [
    'one that was applied before the first look, and another after it',
    keys({ doubtful: [{ name: A }, { name: B }] }),
    [listed([7, A]), UNUSED, listed([8, B]), revoked(8)],
    [
      ...[LIST, BY_ID, `info: Revoked the Neon API key 7 (${A}). It was never used.`],
      ...[LIST, 'request: DELETE /v2/api_keys/8', `info: Revoked the Neon API key 8 (${B}).`],
    ],
  ],
  [
    'creates that were not applied',
    keys({ doubtful: [{ name: A }, { name: B }] }),
    [listed(), listed([8, 'x'])],
    [LIST, LIST, `info: No API key named ${A} or ${B} exists.`],
  ],
  [
    'without a created key, all of this job are revoked: the record may be an earlier one',
    keys({ doubtful: [{ name: A }] }),
    [listed([7, C], [8, 'gha/81/19/2/55/zzzzzzzz'], [9, 'gha/81/19/3/55/zzzzzzzz']), UNUSED, revoked(8), listed()],
    [
      ...[LIST, BY_ID, 'request: DELETE /v2/api_keys/8'],
      `info: Revoked the Neon API key 7 (${C}). It was never used.`,
      `info: Revoked the Neon API key 8 (gha/81/19/2/55/zzzzzzzz).`,
      LIST,
    ],
  ],
  [
    'a list that is refused',
    keys({ doubtful: [{ name: A }, { name: B }] }, OF_PROJECT),
    [refusal(403)],
    [
      'request: GET /v2/organizations/o/api_keys',
      `fatal: An API key named ${A} or ${B} of the project p of organization o may still be alive: Neon refused to list the API keys: "it is 403" (403, request r). ${BY_HAND}`,
      ...['neon api-keys list --org-id o', 'neon api-keys revoke <ID> --org-id o'],
    ],
  ],
])('%s', async (_case, record, answers, expected) => expect(await post({ record, answers })).toEqual(expected))

test('the created key and those in doubt are revoked at the same time; the created one is not looked for', async () => {
  const record = keys({ created: SEVEN, doubtful: [{ name: A }, { name: B }] })
  const happened = await post({ record, answers: [UNUSED, listed([8, B], [9, C]), revoked(8), listed()] })
  expect(happened.filter((text) => text.startsWith('request'))).toEqual([
    ...[BY_ID, LIST, 'request: DELETE /v2/api_keys/8', LIST],
  ])
  const left = keys({ created: SEVEN, doubtful: [{ name: A }] })
  expect(await post({ record: left, answers: [UNUSED] })).toHaveLength(3)
})

test("the record's proxies are used, with the credentials of this step's own variables", async () => {
  const proxies = { https: 'http://proxy.test:8080', http: '', no: 'x' }
  const environment = { HTTPS_PROXY: 'http://evil.test', https_proxy: 'http://user:pass@proxy.test:8080' }
  const happened = await post({
    record: keys({ created: SEVEN }, { ...PERSONAL, proxies }),
    environment,
    answers: [UNUSED],
  })
  expect(happened).toContain('proxies: http://user:pass@proxy.test:8080 |  | x')
})

test('where the event file, which alone has the ID of the repository, is gone, names still match', async () => {
  const environment = { GITHUB_REPOSITORY_ID: '' }
  const state = stateOf(keys({ created: SEVEN }), LONG_LIVED, environment)
  const answers = [refusal(404), listed([8, 'gha/81/19/2/55/zzzzzzzz'], [9, B]), revoked(9)]
  expect(await post({ state, environment, answers })).toEqual([
    ...[MASKED, BY_ID, LIST, 'request: DELETE /v2/api_keys/9', `info: Revoked the Neon API key 7 (${A}).`],
  ])
})

describe('without a valid record, post looks by the job', () => {
  const OURS = 'gha/81/19/2/55/zzzzzzzz/shop.test'
  const API = 'request: GET /api/v2/api_keys'
  const NONE = 'info: The main step left no record, and no API key of this job exists.'
  const forged = (record: MainRecord) => stateOf(record, 'another-key')

  test.each<[string, Start, string[]]>([
    [
      'no usable key either: nothing was created',
      { inputs: { api_key: 'short' } },
      ['info: The main step had no API key to create a key with; there is nothing to revoke.'],
    ],
    ['no key of this job', { answers: [listed([7, 'gha/81/19/2/56/zzzzzzzz'], [8, 'x'])] }, [API, NONE]],
    [
      'keys of this job',
      { answers: [listed([7, OURS], [8, `${OURS}s`]), UNUSED, refusal(404), listed()] },
      [
        ...[
          API,
          'request: DELETE /api/v2/api_keys/7',
          `info: Revoked the Neon API key 7 (${OURS}). It was never used.`,
        ],
        ...['request: DELETE /api/v2/api_keys/8', API, `info: Revoked the Neon API key 8 (${OURS}s).`],
      ].map((text) => text.replaceAll(OURS, '<name>')),
    ],
    [
      'one of two cannot be revoked',
      { answers: [listed([7, A], [8, B]), refusal(403), revoked(8)] },
      [
        ...[API, 'request: DELETE /api/v2/api_keys/7', 'request: DELETE /api/v2/api_keys/8'],
        `info: Revoked the Neon API key 8 (${B}).`,
        `fatal: The Neon API key 7 (${A}) of the personal account may still be alive: Neon refused to revoke the API key 7: "it is 403" (403, request r). ${BY_HAND}`,
        'neon api-keys revoke 7',
      ],
    ],
    [
      'the list is refused; on_revoke_failure: warn',
      { inputs: { on_revoke_failure: 'warn', scope: '', org_id: 'o' }, answers: [refusal(403)] },
      [
        'request: GET /api/v2/organizations/o/api_keys',
        `not fatal: A key of this job of the organization o may still be alive: The keys of the organization o are not visible to the api_key: check org_id. Listing requires the organization's own API key or the personal key of one of its admins. Neon refused to list the API keys: "it is 403" (403, request r). ${BY_HAND}`,
        ...['neon api-keys list --org-id o', 'neon api-keys revoke <ID> --org-id o'],
      ],
    ],
    [
      'the runner does not provide the job ID',
      { inputs: { job_id: '' } },
      [
        `fatal: A key of this job of the personal account may still be alive: The main step left no valid record, and this runner does not provide the job ID, by which post could find the keys of this job. ${BY_HAND}`,
        ...['neon api-keys list', 'neon api-keys revoke <ID>'],
      ],
    ],
    [
      'the runner does not provide the run',
      { environment: { GITHUB_RUN_ID: '' } },
      [
        expect.stringMatching(/^fatal: A key of this job .* this runner does not provide the job ID/),
        ...['neon api-keys list', 'neon api-keys revoke <ID>'],
      ],
    ],
    [
      'the inputs are wrong',
      { inputs: { scope: 'x' } },
      [
        expect.stringMatching(/^fatal: A key of this job may still be alive: The scope input is 'x'/),
        'neon api-keys list',
        'neon api-keys revoke <ID>',
      ],
    ],
    [
      'the project is looked up',
      { inputs: { scope: '', project_id: 'p' }, answers: [answer({ project: { org_id: 'o' } }), listed()] },
      ['request: GET /api/v2/projects/p', 'request: GET /api/v2/organizations/o/api_keys', NONE],
    ],
    [
      'a record that says only that main has started',
      { state: stateOf({ kind: 'nothing yet' }), answers: [listed()] },
      [API, NONE],
    ],
    [
      'an unsealed record names a key that is found',
      { state: forged(keys({ created: SEVEN })), answers: [listed([7, A]), UNUSED] },
      [
        MASKED,
        API,
        'request: DELETE /api/v2/api_keys/7',
        `info: Revoked the Neon API key 7 (${A}). It was never used.`,
      ],
    ],
    [
      'or one that is not found, which revokes itself at the api_host of the inputs',
      { state: forged(keys({ created: SEVEN })), answers: [listed(), UNUSED] },
      [
        ...[MASKED, API, 'request: DELETE /api/v2/api_keys/7', ITSELF],
        `info: Revoked the Neon API key 7 (${A}). It was never used.`,
      ],
    ],
    [
      'or cannot, so that post fails',
      { state: forged(keys({ created: SEVEN })), answers: [listed(), refusal(401)] },
      [
        ...[MASKED, API, 'request: DELETE /api/v2/api_keys/7'],
        `fatal: The Neon API key 7 (${A}) of the personal account may still be alive: The record in the state was not written by the main step with this api_key, and the list of keys does not contain this key. ${BY_HAND}`,
        'neon api-keys revoke 7',
      ],
    ],
    [
      'or names without a key',
      { state: forged(keys({ doubtful: [{ name: A }, { name: B }] })), answers: [listed([7, A]), UNUSED] },
      [
        ...[API, 'request: DELETE /api/v2/api_keys/7', `info: Revoked the Neon API key 7 (${A}). It was never used.`],
        expect.stringMatching(
          new RegExp(
            `^fatal: An API key named ${B} of the personal account may still be alive: The record in the state was not`,
          ),
        ),
        ...['neon api-keys list', 'neon api-keys revoke <ID>'],
      ],
    ],
    [
      'or names, and the list is refused: each key is reported once',
      { state: forged(keys({ doubtful: [{ name: A }] })), answers: [refusal(403)] },
      [
        API,
        expect.stringMatching(
          /^fatal: An API key named gha\S+ of the personal account may still be alive: Neon refused to list the API keys: "it is 403" \(403, request r\)\. Neon API keys never/,
        ),
        ...['neon api-keys list', 'neon api-keys revoke <ID>'],
      ],
    ],
    [
      "or an organization, which is only for the commands: the inputs' project could not be looked up",
      {
        inputs: { scope: '', project_id: 'p' },
        state: forged(keys({ created: SEVEN, doubtful: [{ name: B }] }, OF_PROJECT)),
        answers: [refusal(404)],
      },
      [
        ...[MASKED, 'request: GET /api/v2/projects/p'],
        expect.stringMatching(
          /^fatal: An API key named gha.*b of the organization o may still be alive: The project p was not found with this key: .* can see the project\. Neon refused .* The Neon API key 7 \(gha.*a\) of the organization o may/,
        ),
        ...[
          'neon api-keys list --org-id o',
          'neon api-keys revoke <ID> --org-id o',
          'neon api-keys revoke 7 --org-id o',
        ],
      ],
    ],
    [
      'without a usable api_key, an unsealed record is reported',
      { inputs: { api_key: '' }, state: forged(keys({ created: { id: '7', name: A } })) },
      [
        expect.stringMatching(
          /^fatal: The Neon API key 7 .* may still be alive: The api_key input contains no API key in the post step\. Neon/,
        ),
        'neon api-keys revoke 7',
      ],
    ],
  ])('%s', async (_case, start, expected) => expect(await post(start)).toEqual(expected))
})

test('without a key, no seal is valid', async () => {
  const state = stateOf(keys({ created: SEVEN }), '')
  const happened = await post({ state, inputs: { api_key: '' } })
  expect(happened.at(-1)).toBe('neon api-keys revoke 7')
})

test.each([
  ['GITHUB_SERVER_URL', 'https://github.test'],
  ['GITHUB_REPOSITORY', 'octo-org/other'],
  ['GITHUB_REPOSITORY_ID', '82'],
  ['GITHUB_RUN_ID', '20'],
  ['GITHUB_RUN_ATTEMPT', '3'],
  ['GITHUB_JOB', 'deploy'],
  ['GITHUB_ACTION', '__run_2'],
  ['RUNNER_NAME', 'another runner'],
])('a record is valid only for the same %s', async (name, value) => {
  const happened = await post({ record: keys({ created: SEVEN }), environment: { [name]: value }, answers: [listed()] })
  expect(happened.join('\n')).toContain('The record in the state was not written by the main step')
})

test('a record is valid only for the same job_id input', async () => {
  const start = { inputs: { job_id: '56' }, answers: [listed()] }
  const happened = await post({ record: keys({ created: SEVEN }), ...start })
  expect(happened.join('\n')).toContain('The record in the state was not written by the main step')
})

test('a record is valid only with each of its values', async () => {
  const proxies = { https: 'http://proxy.test:8080', http: 'http://proxy.test:8081', no: 'x' }
  const created = { id: '7', name: A, key: 'fresh-key-7' }
  const doubtful = [{ name: B, answeredId: '8' }]
  const saved = stateOf({ kind: 'keys', created, doubtful, names: NAMES, ...OF_PROJECT, proxies }).record ?? ''
  const values = [...saved.matchAll(/(?<=[:[,]")[^"]+(?="(?!:))/g)]
  expect(values).toHaveLength(17)
  for (const { 0: value, index } of values) {
    // Of the same length, and a number remains one.
    const changed = value.replace(/.$/, (last) =>
      last === '9' ? '8' : /\d/.test(last) ? '9' : last === 'x' ? 'y' : 'x',
    )
    const record = `${saved.slice(0, index)}${changed}${saved.slice(index + value.length)}`
    const happened = await post({ state: { record }, answers: [listed()] })
    expect(happened).toContain('request: GET /api/v2/api_keys')
  }
})

describe('of an unsealed record, post believes', () => {
  const claimed = async (record: object) => {
    const happened = await post({ state: { record: `x.${JSON.stringify(record)}` }, answers: [listed()] })
    return happened.find((text) => text.startsWith('fatal'))?.replace(/ of the personal account may still.*/, '')
  }
  const NAME = 'n'.repeat(64)

  test.each<[string, object, string | undefined]>([
    [
      'an ID of 19 digits',
      { created: { id: '1'.repeat(19), name: NAME } },
      `fatal: The Neon API key ${'1'.repeat(19)} (${NAME})`,
    ],
    ['no longer ID', { created: { id: '1'.repeat(20), name: NAME } }, undefined],
    ['no other ID', { created: { id: '7x', name: NAME } }, undefined],
    ['nor one with a prefix', { created: { id: 'x7', name: NAME } }, undefined],
    ['no number', { created: { id: 7, name: NAME } }, undefined],
    ['no fraction', { created: { id: 7.5, name: NAME } }, undefined],
    ['no longer name', { created: { id: '7', name: `${NAME}n` } }, undefined],
    ['no name that is no text', { created: { id: '7', name: 7 } }, undefined],
    [
      'three names',
      { doubtful: ['a', 'b', 'c', 'd'].map((name) => ({ name })) },
      'fatal: An API key named a or b or c',
    ],
    ['no other list', { doubtful: { name: 'a' } }, undefined],
    ['no list of other values', { doubtful: [null, 7, 'a', { name: 7 }] }, undefined],
    ['no null', { created: null, doubtful: null, scope: null }, undefined],
  ])('%s', async (_case, record, text) => expect(await claimed(record)).toBe(text))

  test('an organization for the commands only if it can be one', async () => {
    const inputs = { scope: '', project_id: 'p' }
    for (const orgId of ['o; rm -rf /', 7]) {
      const record = { created: { id: '7', name: 'a', key: 8 }, scope: { orgId } }
      const state = { record: `x.${JSON.stringify(record)}` }
      const happened = await post({ state, inputs, answers: [refusal(404)] })
      expect(happened[0]).not.toMatch('mask')
      expect(happened.at(-1)).toBe('neon api-keys revoke 7')
    }
  })
})
