// Deadlines, with the step's clocks running faster (simulator/runner/preloads/time-lapse.mjs).

import { errorsOf, recordOf, scenario } from './support/scenario.ts'

const FACTOR = 30
const setup = scenario({ timeLapse: FACTOR })
/** Seconds on the step's own clock; starting the process is not sped up, so a second of it is left out. */
const seconds = (milliseconds: number): number => ((milliseconds - 1_000) * FACTOR) / 1000
const HOUR = 3_600_000

test('main gives up after 180 s when Neon never answers, and tells post what to look for', async () => {
  const { neon } = setup
  setup.inject({ times: 99, failure: { kind: 'delay', milliseconds: HOUR } })
  const job = setup.job()
  const main = await setup.main(job)
  expect(main.exitCode).toBe(1)
  expect(seconds(main.milliseconds)).toBeLessThan(180)
  expect(errorsOf(main)).toEqual([expect.stringMatching(/Gave up: this step may take 180 s/)])
  expect(recordOf(main).doubtful).toContainEqual({ name: neon.createdKeys()[0]?.name })
})

test('post ends within 60 s when Neon never answers, and says which key is left', async () => {
  const job = setup.job()
  const main = await setup.main(job)
  setup.inject({ times: 99, failure: { kind: 'delay', milliseconds: HOUR } })
  const [post] = await job.end()
  expect(post?.exitCode).toBe(1)
  expect(seconds(post?.milliseconds ?? 0)).toBeLessThan(60)
  expect(errorsOf(post as never)).toEqual([expect.stringContaining(`The Neon API key ${main.outputs.api_key_id}`)])
})

test('an answer that trickles is not waited for byte by byte', async () => {
  const job = setup.job()
  setup.inject({ operation: 'createApiKey', failure: { kind: 'trickle', millisecondsPerByte: 100 } })
  const main = await setup.main(job)
  expect(main.exitCode).toBe(0)
  expect(main.log[0]).toMatch(/no answer within 30 s/)
  await job.end()
  expect(setup.neon.createdKeys()).toEqual([])
})

test('nobody listens: main tries for as long as it may, and post has nothing to look for', async () => {
  const job = setup.job()
  const main = await setup.main(job, { api_host: 'http://127.0.0.1:9/api/v2' })
  expect(main.exitCode).toBe(1)
  expect(seconds(main.milliseconds)).toBeLessThan(180)
  expect(errorsOf(main)).toEqual([expect.stringMatching(/ECONNREFUSED.*Gave up/)])
  const [post] = await job.end()
  expect(post).toMatchObject({ exitCode: 0, log: ['No API key was created; there is nothing to revoke.'] })
})

test('a host that DNS does not know is tried again, like one that does not listen', async () => {
  // DNS itself is not sped up: where it takes 33 ms, the last attempt ends as one that was not answered in time.
  const main = await setup.main(setup.job(), { api_host: 'https://neon.invalid/api/v2' })
  expect(main.exitCode).toBe(1)
  expect(main.log[0]).toMatch(/getaddrinfo (ENOTFOUND|EAI_AGAIN) neon\.invalid.*Trying again/)
  expect(errorsOf(main)).toEqual([expect.stringMatching(/(neon\.invalid|no answer within).*Gave up/)])
})
