// The answer does not come from Neon, or is invalid: the second invalid 2xx in a row ends the step,
// with an error that describes the answer. See docs/behavior.md, *Answers*.

import { keyName, SWEEP } from '../simulator/fixtures.ts'
import { startGithub } from '../simulator/github/server.ts'
import type { Failure } from '../simulator/neon/faults.ts'
import type { OperationId } from '../simulator/neon/openapi.ts'
import type { StepResult } from '../simulator/runner/job.ts'
import { errorsOf, requestsOf, scenario } from './support/scenario.ts'

const setup = scenario()
const lapsed = scenario({ timeLapse: 10 })

const SIGN_IN = '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>hunter2</body></html>'
const insteadOf = (body: string): Failure => ({ kind: 'status', status: 200, applied: false, body })
const always = (failure: Failure, operation?: OperationId): void =>
  setup.inject({ ...(operation && { operation }), times: 99, failure })
const AGAIN: Failure = { kind: 'status', status: 429, applied: false }

function expectStopped(step: StepResult | undefined, cause: string): void {
  expect(step?.exitCode).toBe(1)
  expect(step?.milliseconds).toBeLessThan(20_000)
  const errors = errorsOf(step as StepResult)
  expect(errors).toEqual([expect.stringContaining(`Neon answered with ${cause} (200, request `)])
  expect(errors.join()).toMatch(/for the second time\. The answers may not come from Neon: check api_host/)
}
const creates = (): string[] => setup.neon.requests.filter(({ method }) => method === 'POST').map(({ body }) => body)

async function sweep(): Promise<StepResult> {
  const { neon, host } = setup
  const github = await startGithub()
  github.runs.set('500', { id: '500', status: 'completed', attempt: 1 })
  const job = setup.job({ GITHUB_API_URL: github.host })
  try {
    const inputs = { api_key: neon.organizationKey, org_id: neon.organization.id, api_host: host }
    return await job.uses(SWEEP, { with: { ...inputs, github_token: github.token } })
  } finally {
    await github.close()
  }
}

describe('a sign-in page with status 200 for every request', () => {
  test.each([
    ['a personal key', 1, () => ({ scope: 'personal' })],
    ['an organization key', 1, () => ({ org_id: setup.neon.organization.id })],
    ['a project whose organization is looked up', 0, () => ({ project_id: setup.neon.project.id })],
  ])('main fails soon, and so does post if a create was sent: %s', async (_case, sent, inputs) => {
    always(insteadOf(SIGN_IN))
    const { main, post } = await setup.life(inputs())
    expectStopped(main, 'an HTML page')
    expect(main.stdout).not.toContain('hunter2')
    expect(creates()).toHaveLength(sent)
    if (sent === 0) expect(post.exitCode).toBe(0)
    else expectStopped(post, 'an HTML page')
  })

  test('post fails soon, and names the key', async () => {
    const job = setup.job()
    const main = await setup.main(job, { project_id: setup.neon.project.id })
    always(insteadOf(SIGN_IN))
    const [post] = await job.end()
    expectStopped(post, 'an HTML page')
    expect(post?.stdout).toContain(main.outputs.api_key_id)
    expect(requestsOf(setup.neon).slice(2)).toEqual(['DELETE 200', 'DELETE 200'])
  })

  test('the sweep fails soon when it lists', async () => {
    always(insteadOf(SIGN_IN))
    expectStopped(await sweep(), 'an HTML page')
    expect(requestsOf(setup.neon)).toEqual(['GET 200', 'GET 200'])
  })

  test('the sweep fails soon when it revokes', async () => {
    const { accounts, organization, ada } = setup.neon
    accounts.createKey({ organization }, keyName({ runId: '500' }), ada)
    always(insteadOf(SIGN_IN), 'revokeOrgApiKey')
    expectStopped(await sweep(), 'an HTML page')
    expect(requestsOf(setup.neon)).toEqual(['GET 200', 'DELETE 200', 'DELETE 200'])
  })
})

test.each([
  ['garbage', 'hunter2', 'text that is not JSON'],
  ['nothing', '', 'an empty body'],
  ['JSON without an ID', '{"key":"napi_hunter2"}', 'JSON without an ID'],
  ['a string in place of the ID', '{"id":"hunter2","key":"napi_hunter2"}', 'JSON whose ID is a string, not'],
  ['no key', '{"id":7}', 'JSON without an API key'],
  ['a short key', '{"id":7,"key":"hunter2"}', 'JSON with a key that cannot be an API key'],
  ['the long-lived key', '{"id":7,"key":"{{api_key}}"}', 'the API key that was sent'],
])(
  '%s as the answer to each create: two creates, both keys revoked, and the error describes the answer',
  async (_case, body, cause) => {
    lapsed.inject({ operation: 'createApiKey', times: 99, failure: { kind: 'body', body } })
    const { main, post } = await lapsed.life()
    expect(main.exitCode).toBe(1)
    expect(errorsOf(main)).toEqual([expect.stringContaining(`Neon answered with ${cause}`)])
    expect(errorsOf(main).join()).not.toMatch(/hunter2|napi_/)
    expect(requestsOf(lapsed.neon).slice(0, 6)).toEqual([
      'POST 200',
      'GET 200',
      'DELETE 200',
      'POST 200',
      'GET 200',
      'DELETE 200',
    ])
    expect(post.exitCode).toBe(0)
    expect(lapsed.neon.createdKeys()).toEqual([])
  },
)

describe('two invalid answers that are not consecutive do not end the step', () => {
  const INVALID: Failure = { kind: 'body', body: SIGN_IN }
  const inTurn = (operation: OperationId, ...failures: Failure[]): void => {
    for (const [after, failure] of failures.entries()) lapsed.inject({ operation, after, failure })
  }

  test.each<[string, Failure]>([
    ['429', AGAIN],
    ['502', { kind: 'status', status: 502, applied: true }],
  ])('create, with a %s', async (status, failure) => {
    inTurn('createApiKey', INVALID, failure, INVALID)
    const { main, post } = await lapsed.life()
    // A 429 repeats the second create; after a 502, three creates are in doubt and main sends no fourth.
    expect(main.exitCode).toBe(status === '429' ? 0 : 1)
    if (status === '502') expect(errorsOf(main)).toEqual([expect.stringMatching(/an HTML page.*Gave up after 3 such/)])
    const names = new Set(lapsed.neon.requests.filter(({ method }) => method === 'POST').map(({ body }) => body))
    expect(names.size).toBe(3)
    expect(post.exitCode).toBe(0)
    expect(lapsed.neon.createdKeys()).toEqual([])
  })

  test('list', async () => {
    lapsed.inject({ operation: 'createApiKey', failure: { kind: 'reset', applied: true } })
    inTurn('listApiKeys', INVALID, AGAIN, INVALID)
    const { main, post } = await lapsed.life()
    expect([main.exitCode, post.exitCode]).toEqual([0, 0])
  })

  test('look up', async () => {
    inTurn('getProject', INVALID, AGAIN, INVALID)
    const { main } = await lapsed.life({ project_id: lapsed.neon.project.id })
    expect(main.exitCode).toBe(0)
  })

  test('revoke', async () => {
    inTurn('revokeApiKey', insteadOf(SIGN_IN), AGAIN, insteadOf(SIGN_IN))
    const { post } = await lapsed.life()
    expect(post.exitCode).toBe(0)
    expect(requestsOf(lapsed.neon).slice(1)).toEqual(['DELETE 200', 'DELETE 429', 'DELETE 200', 'DELETE 200'])
  })
})

describe('harmless', () => {
  /** Changes Neon's answers in transit. */
  function onTheWay(change: (text: string) => string): void {
    const { neon } = setup
    const perform = neon.perform.bind(neon)
    neon.perform = (request, address) => {
      const response = perform(request, address)
      return { ...response, text: change(response.text) }
    }
    restore = () => {
      neon.perform = perform
    }
  }
  let restore = (): void => {}
  afterEach(() => restore())

  test('a byte order mark before JSON', async () => {
    onTheWay((text) => `\uFEFF${text}`)
    const { main, post } = await setup.life({ project_id: setup.neon.project.id })
    expect([main.exitCode, post.exitCode]).toEqual([0, 0])
    expect(requestsOf(setup.neon)).toEqual(['GET 200', 'POST 200', 'DELETE 200'])
  })

  test("another client's key without a name in the list", async () => {
    const { accounts, ada } = lapsed.neon
    accounts.createKey({ user: ada }, '', ada)
    lapsed.inject({ operation: 'createApiKey', failure: { kind: 'reset', applied: true } })
    const { main, post } = await lapsed.life()
    expect([main.exitCode, post.exitCode]).toEqual([0, 0])
    expect(lapsed.neon.createdKeys().map(({ name }) => name)).toEqual([''])
  })
})

test('the kind of key is requested only once, since it is only for the advice', async () => {
  const { neon } = setup
  setup.inject({
    operation: 'createOrgApiKey',
    failure: { kind: 'status', status: 403, applied: false, body: '{"message":"forbidden"}' },
  })
  always({ kind: 'status', status: 503, applied: false }, 'getAuthDetails')
  const { main } = await setup.life({ org_id: neon.organization.id })
  expect(errorsOf(main)).toEqual([expect.stringContaining('is not an admin there')])
  expect(neon.requests.map(({ operation }) => operation)).toEqual(['createOrgApiKey', 'getAuthDetails'])
})
