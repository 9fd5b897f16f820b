// A gateway in front of Neon that answers 503, in HTML, after Neon has acted; and a Neon that accepts the same name
// twice, so that retrying under the same name would create a second key.

import { errorsOf, scenario } from './support/scenario.ts'

const setup = scenario({ timeLapse: 20 })

const failure = {
  kind: 'status',
  status: 503,
  applied: true,
  headers: { 'content-type': 'text/html' },
  body: '<html><body><h1>503 Service Unavailable</h1></body></html>',
} as const

beforeAll(() => {
  setup.neon.accounts.sameNames = true
})

test.each([1, 2])('%i times: at most one key after main, none after post', async (times) => {
  setup.inject({ operation: 'createApiKey', times, failure })
  const job = setup.job()
  const main = await setup.main(job)
  expect(errorsOf(main)).toEqual([])
  expect(setup.neon.createdKeys()).toMatchObject([{ id: main.outputs.api_key_id }])
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
  expect(setup.neon.createdKeys()).toEqual([])
})

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
