// Deadlines, with the step's clocks running faster (simulator/runner/preloads/time-lapse.mjs).

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Job, StepResult } from '../simulator/runner/job.ts'
import { preload } from '../simulator/runner/preload.ts'
import { errorsOf, recordOf, requestsOf, scenario } from './support/scenario.ts'

const FACTOR = 60
const setup = scenario({ timeLapse: FACTOR })
const fast = scenario({ timeLapse: 100 })
const HOUR = 3_600_000

/** Milliseconds that a busy machine needs to start a step in a shared process and to end it; these are not sped up. */
const SHARED = 300
/** The same for a process of its own. */
const OWN = 1_000

/**
 * Checks how long a step took, in seconds on its own clock.
 *
 * @param overhead see {@link SHARED}
 */
function expectDuration(step: StepResult | undefined, least: number, most: number, factor = FACTOR, overhead = SHARED) {
  const seconds = (milliseconds: number): number => (milliseconds * factor) / 1_000
  const { milliseconds = 0 } = step ?? {}
  expect(seconds(milliseconds)).toBeGreaterThan(least)
  expect(seconds(milliseconds - overhead)).toBeLessThan(most)
}

// Starts the shared processes.
beforeAll(async () => {
  for (const each of [setup, fast]) await each.main(each.job(), { api_key: '' })
})

// The last wait is at most ten seconds, and it is not begun if less than a second would be left after it.
const [MAIN_LEAST, MAIN_MOST] = [164, 180]
const [POST_LEAST, POST_MOST] = [44, 60]

test('main gives up after 175 s when Neon never answers, and post gets the name to look for', async () => {
  const { neon } = setup
  setup.inject({ times: 99, failure: { kind: 'delay', milliseconds: HOUR } })
  const job = setup.job()
  const main = await setup.main(job)
  expect(main.exitCode).toBe(1)
  expectDuration(main, MAIN_LEAST, MAIN_MOST)
  expect(errorsOf(main)).toEqual([expect.stringMatching(/Gave up: this step is limited to 175 s/)])
  expect(recordOf(main).doubtful).toContainEqual({ name: neon.createdKeys()[0]?.name })
})

test('post ends within 60 s when Neon never answers, and says which key may be alive', async () => {
  const job = setup.job()
  const main = await setup.main(job)
  setup.inject({ times: 99, failure: { kind: 'delay', milliseconds: HOUR } })
  const [post] = await job.end()
  expect(post?.exitCode).toBe(1)
  expectDuration(post, POST_LEAST, POST_MOST)
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

// With this factor, connecting and DNS may take longer than the last attempt has: it then ends with a timeout.
test('connections are refused: main tries until its deadline, and post has nothing to look for', async () => {
  const job = fast.job()
  const main = await fast.main(job, { api_host: 'http://127.0.0.1:9/api/v2' })
  expect(main.exitCode).toBe(1)
  expectDuration(main, MAIN_LEAST, MAIN_MOST, 100)
  expect(main.log[0]).toMatch(/ECONNREFUSED.*Trying again/)
  expect(errorsOf(main)).toEqual([expect.stringMatching(/(ECONNREFUSED|no answer within).*Gave up/)])
  const [post] = await job.end()
  expect(post).toMatchObject({ exitCode: 0, log: ['No API key was created; there is nothing to revoke.'] })
})

test('main retries a host that DNS does not know', async () => {
  const main = await fast.main(fast.job(), { api_host: 'https://neon.invalid/api/v2' })
  expect(main.exitCode).toBe(1)
  expect(main.log[0]).toMatch(/getaddrinfo (ENOTFOUND|EAI_AGAIN) neon\.invalid.*Trying again/)
  expect(errorsOf(main)).toEqual([expect.stringMatching(/(neon\.invalid|no answer within).*Gave up/)])
})

const byName = (host: string): string => host.replace('127.0.0.1', 'localhost')

test('a look-up of 13 s does not count as a failure to connect, and the next attempt does not restart it', async () => {
  // Slow enough that the work after the look-up takes almost none of the step's time.
  const env = preload(['time-lapse', 'name-lookup'], { TIME_LAPSE: '20', LOOKUP_MILLISECONDS: '13000' })
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

  /** Variables of a step whose look-ups never end. */
  function muteIn(job: Job): Record<string, string> {
    const pipe = join(job.folder, 'never-written-to')
    execFileSync('mkfifo', [pipe])
    return preload(['time-lapse', 'name-lookup'], { TIME_LAPSE: String(FACTOR), LOOKUP_PIPE: pipe })
  }

  onPosix('main', async () => {
    const job = setup.job()
    const main = await setup.main(job, { api_host: byName(setup.host) }, { env: muteIn(job) })
    expect(main).toMatchObject({ exitCode: 1, signal: null, stderr: '' })
    expectDuration(main, MAIN_LEAST, MAIN_MOST, FACTOR, OWN)
  })

  onPosix.each([
    ['fail', 1],
    ['warn', 0],
  ])('post, with on_revoke_failure: %s', async (on_revoke_failure, exitCode) => {
    const job = setup.job()
    const inputs = { api_host: byName(setup.host), on_revoke_failure }
    const main = await setup.main(job, inputs, { postEnv: muteIn(job) })
    expect(main.exitCode).toBe(0)
    const [post] = await job.end()
    expect(post).toMatchObject({ exitCode, signal: null, stderr: '' })
    expectDuration(post, POST_LEAST, POST_MOST, FACTOR, OWN)
    expect(post?.stdout).toContain(`The Neon API key ${main.outputs.api_key_id}`)
  })
})
