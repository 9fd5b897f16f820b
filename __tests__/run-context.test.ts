import { type RunnerFacts, readRunContext } from '../src/github/run-context.ts'

const SET = {
  GITHUB_SERVER_URL: 'https://git.test',
  GITHUB_REPOSITORY: 'octo-org/shop',
  GITHUB_REPOSITORY_ID: '10',
  GITHUB_RUN_ID: '20',
  GITHUB_RUN_ATTEMPT: '3',
  GITHUB_JOB: 'test',
}
const read = (own: RunnerFacts['environment'] = {}, event = '') =>
  readRunContext({ environment: { ...SET, ...own }, event: () => event }, '40')

test('all variables', () =>
  expect(read()).toEqual({
    serverUrl: 'https://git.test',
    repositoryId: '10',
    repositoryName: 'shop',
    runId: '20',
    runAttempt: '3',
    jobId: '40',
    jobName: 'test',
  }))

test('variables that may be missing', () => {
  const own = { GITHUB_SERVER_URL: undefined, GITHUB_REPOSITORY: undefined, GITHUB_JOB: undefined }
  expect(read(own)).toMatchObject({ serverUrl: 'https://github.com', repositoryName: '', jobName: '' })
})

test.each(['GITHUB_REPOSITORY_ID', 'GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT'])('%s must be a number', (name) => {
  for (const value of ['', '0', '07', '7x', 'x7', '-7', '7.5', '7\n']) {
    const text = `${name} is '${value}', not a number. The key is named after the run, so this action needs a runner that sets it (GitHub's runner does; with act, pass --env ${name}=1, or an event file with repository.id).`
    expect(() => read({ [name]: value })).toThrow(text)
  }
  expect(() => read({ [name]: undefined })).toThrow(`${name} is '', not a number.`)
})

test.each([
  ['{"repository":{"id":9007199254740993}}', '9007199254740993'],
  ['{"repository":{"id":"7"}}', '7'],
])('without GITHUB_REPOSITORY_ID, the event has the ID: %s', (event, id) =>
  expect(read({ GITHUB_REPOSITORY_ID: '' }, event).repositoryId).toBe(id),
)

test.each(['', 'null', '{}', '{"repository":null}', '{"repository":{}}', '<html>'])(
  'an event without one: %j',
  (event) =>
    expect(() => read({ GITHUB_REPOSITORY_ID: '' }, event)).toThrow("GITHUB_REPOSITORY_ID is '', not a number."),
)

test('GITHUB_SERVER_URL must be a URL', () =>
  expect(() => read({ GITHUB_SERVER_URL: 'git.test' })).toThrow("GITHUB_SERVER_URL is 'git.test', not a URL."))

test("a runner's Node that cannot keep IDs is too old", () => {
  const { parse } = JSON
  JSON.parse = (text, reviver) => parse(text, reviver && ((key, value) => reviver(key, value)))
  try {
    expect(() => read()).toThrow(
      `This runner runs actions with Node ${process.versions.node}, but this action needs Node 24. Update the runner to 2.327.1 or newer; with act, put Node 24 on the PATH.`,
    )
  } finally {
    JSON.parse = parse
  }
})
