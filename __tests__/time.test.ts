// Deadlines, with the step's clocks running faster (simulator/runner/preloads/time-lapse.mjs).

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { preload } from '../simulator/runner/preload.ts'
import { errorsOf, recordOf, requestsOf, scenario } from './support/scenario.ts'

const FACTOR = 30
const setup = scenario({ timeLapse: FACTOR })
/** Seconds on the step's own clock; a real second is subtracted, since starting the process is not sped up. */
const seconds = (milliseconds: number): number => ((milliseconds - 1_000) * FACTOR) / 1000
const HOUR = 3_600_000

test('main gives up after 175 s when Neon never answers, and post gets the name to look for', async () => {
  const { neon } = setup
  setup.inject({ times: 99, failure: { kind: 'delay', milliseconds: HOUR } })
  const job = setup.job()
  const main = await setup.main(job)
  expect(main.exitCode).toBe(1)
  expect(seconds(main.milliseconds)).toBeLessThan(180)
  expect(errorsOf(main)).toEqual([expect.stringMatching(/Gave up: this step is limited to 175 s/)])
  expect(recordOf(main).doubtful).toContainEqual({ name: neon.createdKeys()[0]?.name })
})

test('post ends within 60 s when Neon never answers, and says which key may be alive', async () => {
  const job = setup.job()
  const main = await setup.main(job)
  setup.inject({ times: 99, failure: { kind: 'delay', milliseconds: HOUR } })
  const [post] = await job.end()
  expect(post?.exitCode).toBe(1)
  expect(seconds(post?.milliseconds ?? 0)).toBeLessThan(60)
  expect(errorsOf(post as never)).toEqual([expect.stringContaining(`The Neon API key ${main.outputs.api_key_id}`)])
})

test('an answer that arrives byte by byte does not extend the time limit', async () => {
  const job = setup.job()
  setup.inject({ operation: 'createApiKey', failure: { kind: 'trickle', millisecondsPerByte: 100 } })
  const main = await setup.main(job)
  expect(main.exitCode).toBe(0)
  expect(main.log[0]).toMatch(/no answer within 30 s/)
  await job.end()
  expect(setup.neon.createdKeys()).toEqual([])
})

test('connections are refused: main tries until its deadline, and post has nothing to look for', async () => {
  const job = setup.job()
  const main = await setup.main(job, { api_host: 'http://127.0.0.1:9/api/v2' })
  expect(main.exitCode).toBe(1)
  expect(seconds(main.milliseconds)).toBeLessThan(180)
  expect(errorsOf(main)).toEqual([expect.stringMatching(/ECONNREFUSED.*Gave up/)])
  const [post] = await job.end()
  expect(post).toMatchObject({ exitCode: 0, log: ['No API key was created; there is nothing to revoke.'] })
})

test('main retries a host that DNS does not know', async () => {
  // DNS itself is not sped up: if it takes 33 ms, the last attempt ends with a timeout.
  const main = await setup.main(setup.job(), { api_host: 'https://neon.invalid/api/v2' })
  expect(main.exitCode).toBe(1)
  expect(main.log[0]).toMatch(/getaddrinfo (ENOTFOUND|EAI_AGAIN) neon\.invalid.*Trying again/)
  expect(errorsOf(main)).toEqual([expect.stringMatching(/(neon\.invalid|no answer within).*Gave up/)])
})

const byName = (host: string): string => host.replace('127.0.0.1', 'localhost')

test('a look-up of 13 s does not count as a failure to connect, and the next attempt does not restart it', async () => {
  // Slow enough that the work after the look-up takes almost none of the step's time.
  const env = preload(['time-lapse', 'name-lookup'], { TIME_LAPSE: '10', LOOKUP_MILLISECONDS: '13000' })
  const { main, post } = await setup.life({ api_host: byName(setup.host) }, { env })
  expect(main).toMatchObject({ exitCode: 0, log: [expect.stringContaining('Created the Neon API key')] })
  expect(post).toMatchObject({
    exitCode: 0,
    log: [expect.stringMatching(/no answer within 12 s.*Trying again/), expect.stringContaining('Revoked')],
  })
  expect(requestsOf(setup.neon)).toEqual(['POST 200', 'DELETE 200'])
})

describe('name servers that never answer: processes end in time', () => {
  // Windows has no named pipes that block a thread like this.
  const onPosix = process.platform === 'win32' ? test.skip : test

  onPosix.each([
    ['fail', 1],
    ['warn', 0],
  ])('on_revoke_failure: %s', async (on_revoke_failure, exitCode) => {
    const job = setup.job()
    const pipe = join(job.folder, 'never-written-to')
    execFileSync('mkfifo', [pipe])
    const mute = preload(['time-lapse', 'name-lookup'], { TIME_LAPSE: String(FACTOR), LOOKUP_PIPE: pipe })
    const inputs = { api_host: byName(setup.host), on_revoke_failure }
    const main = await setup.main(job, inputs, { postEnv: mute })
    expect(main.exitCode).toBe(0)
    const [post] = await job.end()
    expect(post).toMatchObject({ exitCode, signal: null, stderr: '' })
    expect(seconds(post?.milliseconds ?? 0)).toBeLessThan(60)
    expect(post?.stdout).toContain(`The Neon API key ${main.outputs.api_key_id}`)

    const next = await setup.main(job, inputs, { env: mute })
    expect(next).toMatchObject({ exitCode: 1, signal: null, stderr: '' })
    expect(seconds(next.milliseconds)).toBeLessThan(180)
  })
})
