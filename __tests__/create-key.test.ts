// The main step, effect by effect: the order of masks, saves, requests and outputs.

import { formatError } from '../src/base/errors.ts'
import type { HttpResponse } from '../src/base/http.ts'
import { createKey } from '../src/steps/create-key.ts'
import { answer, created, LONG_LIVED, refusal, revoked } from './support/scripted-neon.ts'
import { type ScriptedWorld, type Start, scriptedWorld } from './support/scripted-world.ts'

/** Runs main. @returns its world, and the error as the last thing that happened */
async function main(start: Start): Promise<ScriptedWorld> {
  const scripted = scriptedWorld(start)
  await createKey(scripted.world).catch((error) => scripted.happened.push(`${error.name}: ${formatError(error)}`))
  return scripted
}

const MASKED = `mask: ${LONG_LIVED}`
const NAMES = '"names":["<name>","<name>","<name>"]'
const TARGET =
  '"apiHost":"https://console.neon.tech/api/v2","scope":{"kind":"personal"},"onRevokeFailure":"fail","proxies":{"https":"","http":"","no":""}'
const BEFORE = [
  'state: ',
  MASKED,
  'state: {"kind":"nothing yet"}',
  MASKED,
  `state: {"kind":"keys","doubtful":[{"name":"<name>"}],${NAMES},${TARGET}}`,
  'request: POST /api/v2/api_keys {"key_name":"<name>"}',
  'mask: fresh-key-7',
]
const CREATED = `state: {"kind":"keys","created":{"id":"7","name":"<name>","key":"fresh-key-7"},"doubtful":[],${NAMES},${TARGET}}`
const OUTPUTS = ['output: api_key | fresh-key-7', 'output: api_key_id | 7', 'output: api_key_name | <name>']
const LOGGED = 'info: Created the Neon API key 7 (<name>) for the personal account. It is revoked when this job ends.'

test('the usual order', async () => {
  const { happened } = await main({ inputs: { env_name: 'NEON_API_KEY' }, answers: [created(7)] })
  expect(happened).toEqual([...BEFORE, CREATED, ...OUTPUTS, 'variable: NEON_API_KEY | fresh-key-7', LOGGED])
})

test('without env_name, no variable', async () => {
  const { happened } = await main({ answers: [created(7)] })
  expect(happened).toEqual([...BEFORE, CREATED, ...OUTPUTS, LOGGED])
})

test.each<[string, Start, string[]]>([
  [
    'no usable key',
    { inputs: { api_key: '' } },
    ['state: ', 'mask: ', expect.stringMatching(/^InputError: The api_key/)],
  ],
  [
    'another invalid input',
    { inputs: { on_revoke_failure: 'x' } },
    [...BEFORE.slice(0, 4), 'state: {"kind":"no key"}', expect.stringMatching(/^InputError: The on_revoke_failure/)],
  ],
  [
    'a refusal',
    { answers: [refusal(401)] },
    [...BEFORE.slice(0, 6), 'state: {"kind":"no key"}', expect.stringMatching(/^NeonRefused: Neon rejected the key/)],
  ],
  [
    'a project that cannot be found',
    { inputs: { scope: '', project_id: 'p' }, answers: [refusal(404), answer({ auth_method: 'api_key_user' })] },
    [
      ...BEFORE.slice(0, 4),
      ...['request: GET /api/v2/projects/p', 'request: GET /api/v2/auth', 'state: {"kind":"no key"}'],
      expect.stringMatching(/^NeonRefused: The project p was not found with this key: .* Creating a key for it/),
    ],
  ],
])('%s: post knows that there is no key', async (_case, start, expected) =>
  expect((await main(start)).happened).toEqual(expected),
)

test('a project: its organization is looked up, and the key, which could not revoke itself, is not recorded', async () => {
  const found: HttpResponse = answer({ project: { id: 'p', org_id: 'o' } })
  const inputs = { scope: '', project_id: 'p' }
  const { happened } = await main({ inputs, answers: [found, created(7, { project_id: 'p' })] })
  expect(happened.filter((text) => /^(request|info)/.test(text))).toEqual([
    'request: GET /api/v2/projects/p',
    'request: POST /api/v2/organizations/o/api_keys {"key_name":"<name>","project_id":"p"}',
    'info: Created the Neon API key 7 (<name>) for the project p of organization o. It is revoked when this job ends.',
  ])
  expect(happened.find((text) => text.includes('"created"'))).toContain('"created":{"id":"7","name":"<name>"}')
})

describe('cancelled', () => {
  const cancelledAt = (moment: RegExp): Start => ({
    answers: [created(7)],
    onEach: (happened, cancel) => moment.test(happened) && cancel(),
  })

  test('before the create, nothing is sent', async () => {
    const { happened } = await main(cancelledAt(/nothing yet/))
    expect(happened).toEqual([...BEFORE.slice(0, 4), 'state: {"kind":"no key"}', 'Error: cancelled'])
  })

  test('during the create, the key is recorded and not passed on', async () => {
    const { happened } = await main(cancelledAt(/^request: POST/))
    const stopped = 'Cancelled: The job was cancelled; the post step revokes the new key.'
    expect(happened).toEqual([...BEFORE, CREATED, stopped])
  })
})

describe('a key that cannot be recorded', () => {
  const full: Start['onEach'] = (happened) => {
    if (happened.includes('"created"')) throw new Error('the disk is full')
  }

  test('is revoked at once', async () => {
    const { happened } = await main({ answers: [created(7), revoked(7)], onEach: full })
    expect(happened.slice(BEFORE.length)).toEqual([
      CREATED,
      'request: DELETE /api/v2/api_keys/7',
      'RunnerError: The API key 7 could not be recorded for the post step, so it was revoked at once.: the disk is full',
    ])
  })

  test('or named in the error, with the command that revokes it', async () => {
    const { happened } = await main({ answers: [created(7), refusal(403)], onEach: full })
    expect(happened.at(-1)).toMatch(
      /^KeyMayBeAlive: The Neon API key 7 \(gha.*\) of the personal account may still be alive: Neon refused to revoke the API key 7: "it is 403" \(403, request .*\)\. Neon API keys never expire/,
    )
  })
})

describe('warnings', () => {
  const warnings = async (environment: Record<string, string>) => {
    const { happened } = await main({ environment, inputs: { env_name: 'KEY' }, answers: [created(7)] })
    return happened.filter((text) => text.startsWith('warning'))
  }

  test.each<[string, Record<string, string>, RegExp[]]>([
    ['none', { OTHER: 'x', KEY: '', INPUT_API_KEY: LONG_LIVED, input_api_key: LONG_LIVED }, []],
    [
      'the variable had another value',
      { KEY: 'x' },
      [
        /^warning: The variable KEY had another value, and was replaced: .* use the output api_key\. \| An environment variable was replaced$/,
      ],
    ],
    [
      'the long-lived key stands in other variables',
      { A: LONG_LIVED, B: `postgres://${LONG_LIVED}@x` },
      [
        /^warning: The long-lived key is also in the environment \(A, B\), .* api_key: \$\{\{ secrets\.… \}\}\. \| The long-lived Neon API key is exposed$/,
      ],
    ],
  ])('%s', async (_case, environment, texts) =>
    expect(await warnings(environment)).toEqual(texts.map((text) => expect.stringMatching(text))),
  )
})

test('the record names the proxies without credentials', async () => {
  const environment = { HTTPS_PROXY: 'http://user:password@proxy.test:8080', NO_PROXY: 'x' }
  const { happened } = await main({ environment, answers: [created(7)] })
  expect(happened).toContain('proxies: http://user:password@proxy.test:8080 |  | x')
  const states = happened.filter((text) => text.startsWith('state'))
  expect(states.at(-1)).toContain('"proxies":{"https":"http://proxy.test:8080","http":"","no":"x"}')
  expect(states.join()).not.toContain('password')
})
