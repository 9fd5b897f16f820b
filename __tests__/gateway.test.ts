// A gateway in front of Neon that answers 503 after Neon has acted; and a Neon that accepts the same name twice, so that
// retrying under the same name would create a second key.

import { errorsOf, requestsOf, scenario } from './support/scenario.ts'

const setup = scenario({ timeLapse: 10 })

const PAGE = '<html><body><h1>503 Service Unavailable</h1></body></html>'
const failing = (body: string) => ({ kind: 'status', status: 503, applied: true, body }) as const
const failure = failing(PAGE)

beforeAll(() => {
  setup.neon.accounts.sameNames = true
})

const bodies = [PAGE, '{"message":"Service Unavailable"}', '{"message":"no upstream","request_id":"the gateway\'s"}']
test.each(bodies.flatMap((body) => [1, 2].map((times) => [body, times] as const)))(
  '%s, %i times: one key after main, none after post',
  async (body, times) => {
    setup.inject({ operation: 'createApiKey', times, failure: failing(body) })
    const job = setup.job()
    const main = await setup.main(job)
    expect(errorsOf(main)).toEqual([])
    expect(setup.neon.createdKeys()).toMatchObject([{ id: main.outputs.api_key_id }])
    const undone = ['POST 503', 'GET 200', 'DELETE 200']
    expect(requestsOf(setup.neon)).toEqual([...Array.from({ length: times }, () => undone).flat(), 'POST 200'])
    const [post] = await job.end()
    expect(post?.exitCode).toBe(0)
    expect(setup.neon.createdKeys()).toEqual([])
  },
)

test('every time: main gives up and leaves no key', async () => {
  setup.inject({ operation: 'createApiKey', times: 99, failure })
  const { main, post } = await setup.life()
  expect(main.exitCode).toBe(1)
  expect(errorsOf(main)).toEqual([expect.stringContaining('503')])
  expect(post.exitCode).toBe(0)
  expect(setup.neon.createdKeys()).toEqual([])
})

test.each([1, 2])('%i times while a key is revoked: post makes sure that it is revoked', async (times) => {
  setup.inject({ operation: 'revokeApiKey', times, failure })
  const { post } = await setup.life()
  expect(post.exitCode).toBe(0)
  expect(setup.neon.createdKeys()).toEqual([])
})
