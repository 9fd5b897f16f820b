import { INPUT_NAMES, type InputName, SWEEP_INPUT_NAMES } from '../src/github/metadata.ts'
import { type InputReader, readApiHost, readInputs, readScope } from '../src/steps/inputs.ts'
import { readSweepInputs } from '../src/steps/sweep-inputs.ts'

type Given = Partial<Record<InputName, string>>
const readerOf = (given: Given, masked: string[] = []): InputReader => ({
  input: (name) => given[name] ?? '',
  mask: (secret) => void masked.push(secret),
})

/** The inputs that a function reads, sorted by name. */
function inputsReadBy(read: (runner: InputReader) => unknown): string[] {
  const seen = new Set<InputName>()
  read({
    input(name) {
      seen.add(name)
      if (name === 'scope') return 'personal'
      return name === 'api_key' || name === 'github_token' ? 'a-secret' : ''
    },
    mask() {},
  })
  return [...seen].sort()
}

test('main reads every input that it declares', () => {
  expect(inputsReadBy((runner) => readInputs(runner, {}))).toEqual([...INPUT_NAMES].sort())
})

test('the sweep reads every input that it declares', () => {
  expect(inputsReadBy(readSweepInputs)).toEqual([...SWEEP_INPUT_NAMES].sort())
})

const apiHost = (value: string): string => readApiHost(readerOf({ api_host: value }))

test.each(['localhost', 'LOCALHOST:8080', '127.0.0.1:8080', '127.255.0.9', '[::1]:8080', '[0:0::0:1]'])(
  'api_host may be http for a loopback address: %s',
  (host) => expect(apiHost(`http://${host}/api/v2`)).toBe(`${new URL(`http://${host}`).origin}/api/v2`),
)

test.each([
  'localhost.example',
  'x.localhost',
  '127.0.0.1.example',
  '128.0.0.1',
  '[::2]',
  '[::ffff:192.0.2.1]',
  '0.0.0.0',
])('but not for any other: %s', (host) =>
  expect(() => apiHost(`http://${host}/api/v2`)).toThrow('must start with https'),
)

test('api_host without slashes at its end', () =>
  expect(apiHost('https://neon.test/api/v2///')).toBe('https://neon.test/api/v2'))

test.each(['https://user@neon.test', 'https://:password@neon.test', 'https://user:password@neon.test'])(
  'api_host must not contain credentials: %s',
  (value) => expect(() => apiHost(value)).toThrow('contains a user name or password'),
)

const USUAL: Given = { api_key: 'the-long-lived-key', scope: 'personal' }

/** Reads the inputs of main, with a personal scope and these others. */
const inputs = (given: Given, environment = {}) => readInputs(readerOf({ ...USUAL, ...given }), environment)

test.each(['_', 'A', 'a1', 'MY_KEY', 'PATHS', 'MY_GITHUB_TOKEN', 'XLD_PRELOAD', 'GITHUBX', 'NEON_API_KEY'])(
  'env_name can be %s',
  (name) => expect(inputs({ env_name: name }).envName).toBe(name),
)

test.each(['1A', 'A-B', 'A B', 'Ä', 'A\n', '=A'])('env_name %j is not a valid name', (name) =>
  expect(() => inputs({ env_name: name })).toThrow('is not a valid variable name'),
)

// One of each line of the list in src/steps/inputs.ts, and each prefix.
const RESERVED =
  'PATH ci CI http_proxy NO_PROXY PYTHONPATH GOROOT PathExt PROGRAMDATA PROGRAMW6432 HomePath USERNAME DRIVERDATA ' +
  'GITHUB_X runner_x ACTIONS_X INPUT_X STATE_X LD_PRELOAD DYLD_X NODE_OPTIONS npm_config_x GIT_X DOTNET_X OPENSSL_X SSL_CERT_X PROCESSOR_X USERDOMAIN_X'
test.each(RESERVED.split(' '))('env_name %s is reserved', (name) =>
  expect(() => inputs({ env_name: name })).toThrow('is reserved'),
)

test.each([[{ NEON_API_KEY: 'the-long-lived-key' }], [{ NEON_API_KEY: ' the-long-lived-key\n' }]])(
  'the variable of env_name must not hold the long-lived key: %j',
  (environment) => {
    expect(() => inputs({ env_name: 'NEON_API_KEY' }, environment)).toThrow('already contains the long-lived key')
    expect(inputs({ env_name: 'OTHER' }, environment).envName).toBe('OTHER')
    expect(inputs({}, environment).envName).toBeUndefined()
  },
)

test('a variable of the name undefined is not that of an omitted env_name', () =>
  expect(inputs({}, { undefined: 'the-long-lived-key' }).envName).toBeUndefined())

test('an environment without the variable, or with a member that is none', () =>
  expect(inputs({ env_name: 'constructor' }).envName).toBe('constructor'))

test.each<[Given, object]>([
  [{ scope: 'personal' }, { kind: 'personal' }],
  [{ org_id: 'o' }, { kind: 'organization', orgId: 'o' }],
  [
    { scope: 'organization', org_id: 'o' },
    { kind: 'organization', orgId: 'o' },
  ],
  [
    { org_id: 'o', project_id: 'p' },
    { kind: 'project', orgId: 'o', projectId: 'p' },
  ],
  [
    { scope: 'project', project_id: 'p' },
    { kind: 'unresolved project', projectId: 'p' },
  ],
  [
    {},
    /^Neither org_id nor project_id is set, and no scope is stated\. The ID may come from .* write 'scope: personal'\.$/,
  ],
  [{ scope: 'project' }, /^'scope: project' needs project_id, which is empty\. The ID may come/],
  [{ scope: 'project', org_id: 'o' }, /needs project_id/],
  [{ scope: 'organization' }, /^'scope: organization' needs org_id, which is empty\. The ID may come/],
  [
    { scope: 'organization', org_id: 'o', project_id: 'p' },
    /takes no project_id\. Remove it, or write 'scope: project'\.$/,
  ],
  [{ scope: 'organization', project_id: 'p' }, /takes no project_id/],
  [{ scope: 'personal', org_id: 'o' }, /^'scope: personal' takes no IDs\. Remove org_id, or change scope\.$/],
  [{ scope: 'personal', project_id: 'p' }, /Remove project_id, or/],
  [{ scope: 'personal', org_id: 'o', project_id: 'p' }, /Remove org_id and project_id, or/],
  [{ scope: 'Project' }, /^The scope input is 'Project'; it can be 'project', 'organization' or 'personal'\. Omit it/],
  [
    { org_id: 'O' },
    /^The org_id input, 'O', is not a Neon organization ID: it must match \^\[a-z0-9-\]\{1,60\}\$\. It is in the organization's/,
  ],
  [{ project_id: 'p p' }, /^The project_id input, 'p p', is not a Neon project ID: .* It is in the project's settings/],
  [{ project_id: 'p'.repeat(61) }, /is not a Neon project ID/],
  [{ project_id: 'p/' }, /is not a Neon project ID/],
  [{ project_id: '/p' }, /is not a Neon project ID/],
])('the scope of %j', (given, scope) => {
  const read = () => readScope(readerOf(given))
  if (scope instanceof RegExp) expect(read).toThrow(scope)
  else expect(read()).toEqual(scope)
})

/** Reads the inputs of a sweep; its secrets are masked in this order. */
const sweepInputs = (given: Given, masked?: string[]) =>
  readSweepInputs(readerOf({ ...USUAL, github_token: 'a-token', ...given }, masked))

test('a sweep masks both secrets, the token first', () => {
  const masked: string[] = []
  expect(() => sweepInputs({ scope: 'x' }, masked)).toThrow('The scope input')
  expect(masked).toEqual(['a-token', 'the-long-lived-key'])
})

test('the defaults of a sweep', () =>
  expect(sweepInputs({})).toMatchObject({ allRepositories: false, maxAgeHours: 121, dryRun: false, jobId: '0' }))

test.each<[Given, object | string]>([
  [{ repositories: 'this' }, { allRepositories: false }],
  [{ repositories: 'all' }, { allRepositories: true }],
  [{ repositories: 'ALL' }, "The repositories input is 'ALL'; it can be 'this' or 'all'."],
  [{ max_age_hours: '12' }, { maxAgeHours: 12 }],
  [{ max_age_hours: '0.25' }, { maxAgeHours: 0.25 }],
  ...['0', '0.0', '-1', '1e3', '.5', '1.', 'x1', '1x', '0x10', '1.5.5'].map((value): [Given, string] => [
    { max_age_hours: value },
    `The max_age_hours input is '${value}'; it must be a number of hours above 0, such as 121.`,
  ]),
  ...['true', 'True', 'TRUE'].map((value): [Given, object] => [{ dry_run: value }, { dryRun: true }]),
  ...['false', 'False', 'FALSE'].map((value): [Given, object] => [{ dry_run: value }, { dryRun: false }]),
  ...['yes', 'tRUE', 'truex', 'xtrue', '1'].map((value): [Given, string] => [
    { dry_run: value },
    `The dry_run input is '${value}'; it can be 'true' or 'false'.`,
  ]),
  [{ github_token: '' }, 'The github_token input is empty. Omit it to use the token of the job.'],
  [{ github_token: 'a token' }, 'The github_token input contains white space'],
  [{ job_id: '9'.repeat(19) }, { jobId: '9'.repeat(19) }],
  ...['9'.repeat(20), '01', 'x1', '1x', '-1'].map((value): [Given, string] => [
    { job_id: value },
    `The job_id input is '${value}', not a number.`,
  ]),
])('a sweep with %j', (given, result) => {
  if (typeof result === 'string') expect(() => sweepInputs(given)).toThrow(result)
  else expect(sweepInputs(given)).toMatchObject(result)
})
