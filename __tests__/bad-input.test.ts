import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorsOf, scenario } from './support/scenario.ts'

const setup = scenario()

/** Main fails before any request; post then has nothing to do and says so. */
async function expectRefused(
  inputs: Record<string, string>,
  message: RegExp,
  env: Record<string, string> = {},
): Promise<void> {
  const job = setup.job(env)
  const main = await setup.main(job, inputs)
  expect(main.exitCode).toBe(1)
  expect(errorsOf(main)).toEqual([expect.stringMatching(message)])
  expect(main.outputs).toEqual({})
  expect(main.exported).toEqual({})
  expect(setup.neon.requests).toEqual([])
  const [post] = await job.end()
  expect(post).toMatchObject({ exitCode: 0, log: [expect.stringContaining('nothing to revoke')] })
  expect(setup.neon.requests).toEqual([])
  expect(main.stdout.replaceAll(`::add-mask::${setup.neon.adminKey}`, '')).not.toContain(setup.neon.adminKey)
}

test('api_key empty: names the input, forks and Dependabot', () =>
  expectRefused({ api_key: '' }, /api_key input is empty.*forks.*Dependabot/))

test('api_key of white space', () => expectRefused({ api_key: ' \n ' }, /api_key input is empty/))

test('api_key that is too short for one', () => expectRefused({ api_key: 'napi_x' }, /is too short for one/))

test('api_key with a line break inside', async () => {
  await expectRefused({ api_key: 'napi_first\nsecond' }, /white space, line breaks/)
})

test('a line break after the key is accepted: secrets are often pasted with one', async () => {
  const { main } = await setup.life({ api_key: `${setup.neon.adminKey}\n` })
  expect(main.exitCode).toBe(0)
})

test.each(['Org-1', 'org_1', 'org 1', 'a'.repeat(61), '../x', 'org?'])('malformed org_id: %s', (org_id) =>
  expectRefused({ org_id }, /org_id input.*\^\[a-z0-9-\]\{1,60\}\$/),
)

test.each(['Shiny', 'a/b', 'a'.repeat(61)])('malformed project_id: %s', (project_id) =>
  expectRefused({ project_id }, /project_id input.*\^\[a-z0-9-\]\{1,60\}\$/),
)

test.each([
  ['no scope and no ID', {}, /Neither org_id nor project_id is set.*variable that is not set.*'scope: personal'/],
  ['an unknown scope', { scope: 'org' }, /scope input is 'org'; it can be 'project', 'organization' or 'personal'/],
  ['project without project_id', { scope: 'project', org_id: 'org-x' }, /'scope: project' needs project_id/],
  ['organization without org_id', { scope: 'organization' }, /'scope: organization' needs org_id/],
  [
    'organization with project_id',
    { scope: 'organization', org_id: 'org-x', project_id: 'p' },
    /'scope: organization' takes no project_id\. Remove it/,
  ],
  ['personal with org_id', { scope: 'personal', org_id: 'org-x' }, /'scope: personal' takes no IDs\. Remove org_id,/],
  [
    'personal with both IDs',
    { scope: 'personal', org_id: 'org-x', project_id: 'p' },
    /Remove org_id and project_id, or change scope/,
  ],
])('scope and IDs disagree: %s', (_case, inputs, message) => expectRefused({ scope: '', ...inputs }, message))

test.each([
  ['project', { project_id: 'shiny-wind-028834' }],
  ['organization', { org_id: 'org-quiet-river-12345678' }],
])('a stated scope that matches the IDs: %s', async (scope, ids) => {
  expect((await setup.life({ scope, ...ids })).main.log.at(-1)).toContain(` for the ${scope} `)
})

test.each(['1ST', 'NEON-API-KEY', 'A B', 'A=B', 'É'])('invalid env_name: %s', (env_name) =>
  expectRefused({ env_name }, /env_name input.*not a valid variable name: letters, digits and underscores/),
)

test.each(['constructor', 'toString', 'valueOf'])(
  'env_name that every object has a member of: %s',
  async (env_name) => {
    const { main, post } = await setup.life({ env_name })
    expect(main.exported).toEqual({ [env_name]: main.outputs.api_key })
    expect(main.commands.filter(({ command }) => command === 'warning')).toEqual([])
    expect(post.exitCode).toBe(0)
  },
)

test.each([
  ...['GITHUB_TOKEN', 'RUNNER_TEMP', 'NODE_OPTIONS', 'PATH', 'Path', 'LD_PRELOAD', 'HTTPS_PROXY', 'CI'],
  ...['NODE_CHANNEL_FD', 'OPENSSL_CONF', 'DOTNET_ROOT', 'PSModulePath', 'SystemDrive', 'APPDATA', 'LOCALAPPDATA'],
  ...['ProgramData', 'ProgramFiles', 'HOMEDRIVE', 'HOMEPATH', 'USERNAME', 'OS', 'NUMBER_OF_PROCESSORS'],
])('reserved env_name: %s', (env_name) => expectRefused({ env_name }, /env_name input.*is reserved/))

test.each([
  ['neon', /not a URL/],
  ['http://console.neon.tech/api/v2', /must start with https/],
  ['ftp://127.0.0.1/', /must start with https/],
  ['http://127.0.0.1.example.com/', /must start with https/],
  ['https://user:hunter2@console.neon.tech', /contains a user name or password/],
  ['https://console.neon.tech/api/v2?x=1', /must not contain/],
])('api_host %s', (api_host, message) => expectRefused({ api_host }, message))

test('an api_host with a password is not repeated in the error', async () => {
  const main = await setup.main(setup.job(), { api_host: 'https://user:hunter2@console.neon.tech' })
  expect(main.stdout).not.toContain('hunter2')
})

test('an api_host with a trailing slash is the same host', async () => {
  const { post } = await setup.life({ api_host: `${setup.host}/` })
  expect(post.exitCode).toBe(0)
  expect(setup.neon.requests.map(({ path }) => path.startsWith('/api/v2/api_keys'))).toEqual([true, true])
})

test('unknown on_revoke_failure: the error lists the allowed values', () =>
  expectRefused({ on_revoke_failure: 'ignore' }, /on_revoke_failure input is 'ignore'; it can be 'fail' or 'warn'/))

test('empty optional inputs, e.g. from an unset `vars.X`, get their defaults', async () => {
  const { main } = await setup.life({
    scope: '',
    org_id: setup.neon.organization.id,
    project_id: '',
    on_revoke_failure: '',
  })
  expect(main.exitCode).toBe(0)
})

test('the variable already contains the long-lived key: the error says what to write instead', () =>
  expectRefused({}, /NEON_API_KEY already contains the long-lived key.*secrets\.….*another env_name/, {
    NEON_API_KEY: setup.neon.adminKey,
  }))

test('the same with white space around it', () =>
  expectRefused({}, /NEON_API_KEY already contains the long-lived key/, { NEON_API_KEY: ` ${setup.neon.adminKey}\n` }))

test('the variable holds another value: a warning says that it is replaced', async () => {
  const job = setup.job({ NEON_API_KEY: 'something else' })
  const main = await setup.main(job)
  expect(main.exitCode).toBe(0)
  expect(main.log).toContainEqual(expect.stringMatching(/^##\[warning\]The variable NEON_API_KEY had another value/))
  expect(job.env.NEON_API_KEY).toBe(main.outputs.api_key)
})

test.each(['GITHUB_RUN_ID', 'GITHUB_REPOSITORY_ID', 'GITHUB_RUN_ATTEMPT'])('a runner that does not set %s', (name) =>
  expectRefused({}, new RegExp(`${name} is ''`), { [name]: '' }),
)

test.each(['no JSON', 'null', '{"repository":null}', '{"repository":{"id":"me/../x"}}'])(
  'an event file without the ID of the repository: %s',
  async (event) => {
    const job = setup.job({ GITHUB_REPOSITORY_ID: '' })
    job.github.GITHUB_EVENT_PATH = join(job.folder, 'event.json')
    writeFileSync(job.github.GITHUB_EVENT_PATH, event)
    const main = await setup.main(job)
    expect(errorsOf(main)).toEqual([expect.stringMatching(/GITHUB_REPOSITORY_ID is '.*', not a number/)])
  },
)

test('a rejected api_key: the error says that Neon rejected it', async () => {
  const { main, post } = await setup.life({ api_key: 'napi_0123456789abcdef' })
  expect(main.exitCode).toBe(1)
  expect(errorsOf(main)).toEqual([
    expect.stringMatching(
      /Neon rejected the key in the api_key input.*revoked or mistyped.*\(401, request [0-9a-f-]{36}\)/,
    ),
  ])
  expect(post).toMatchObject({ exitCode: 0, log: ['No API key was created; there is nothing to revoke.'] })
  expect(setup.neon.requests).toHaveLength(1)
})

test.each([
  [
    'an unknown organization',
    { org_id: 'org-of-others' },
    /not a member of the organization, or has left it.*organization org-of-others.*personal API key of an admin/,
  ],
  [
    'an unknown project',
    { project_id: 'no-such-project' },
    /project no-such-project was not found.*personal API key of an admin/,
  ],
  [
    "a project of another organization's",
    { org_id: 'org-quiet-river-12345678', project_id: 'lonely-field-771104' },
    /check org_id and project_id/,
  ],
  ['a project of no organization', { project_id: 'lonely-field-771104' }, /belongs to no organization/],
])('%s', async (_case, inputs, message) => {
  const { main, post } = await setup.life(inputs)
  expect(main.exitCode).toBe(1)
  expect(errorsOf(main)).toEqual([expect.stringMatching(message)])
  expect(post.exitCode).toBe(0)
  expect(setup.neon.createdKeys()).toEqual([])
})

test('not an admin of the organization', async () => {
  const { main } = await setup.life({ api_key: setup.neon.memberKey, org_id: setup.neon.organization.id })
  expect(errorsOf(main)).toEqual([expect.stringMatching(/not an admin there.*personal API key of an admin.*\(403/)])
})

test("an organization's key cannot create: Neon's own message says so", async () => {
  const { main } = await setup.life({ api_key: setup.neon.organizationKey, org_id: setup.neon.organization.id })
  expect(errorsOf(main)).toEqual([
    expect.stringMatching(/contains an organization's API key.*personal API key of an admin/),
  ])
  expect(setup.neon.requests.map(({ operation }) => operation)).toEqual(['createOrgApiKey'])
})

test('only if the message does not say so, GET /auth is asked for the kind of key', async () => {
  const body = JSON.stringify({ request_id: '', code: '', message: 'forbidden' })
  setup.inject({ operation: 'createOrgApiKey', failure: { kind: 'status', status: 403, applied: false, body } })
  const { main } = await setup.life({ api_key: setup.neon.organizationKey, org_id: setup.neon.organization.id })
  expect(errorsOf(main)).toEqual([
    expect.stringMatching(/contains an organization's API key.*personal API key of an admin/),
  ])
  expect(setup.neon.requests.map(({ operation }) => operation)).toEqual(['createOrgApiKey', 'getAuthDetails'])
})

test.each([403, 404])(
  '%i that does not come from Neon: the error says so, and mentions no missing project',
  async (status) => {
    const body = '<html><body>Blocked</body></html>'
    setup.inject({ times: 2, failure: { kind: 'status', status, applied: false, body } })
    const { main } = await setup.life({ project_id: setup.neon.project.id })
    const [error] = errorsOf(main)
    expect(error).toMatch(/The answer did not come from Neon.*check api_host.*and the proxy/)
    expect(error).not.toMatch(/not found/)
    expect(setup.neon.requests).toHaveLength(1)
  },
)

test.each(['x', '-1', '1.5', '007', '12345678901234567890'])('job_id %s: the error says to omit it', (job_id) =>
  expectRefused({ job_id }, /job_id input is '.*', not a number\. Omit it/),
)
