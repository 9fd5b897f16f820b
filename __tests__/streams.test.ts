// The steps work even if nobody reads their output. They write nothing to stderr, which the runner reads separately
// from stdout, where the masks are.

import type { Readable } from 'node:stream'
import { errorsOf, requestsOf, scenario } from './support/scenario.ts'

const setup = scenario()

/** Loads code into a step before anything else. */
const loading = (code: string): Record<string, string> => ({
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(code)}`,
})
/** Fills the buffers for unread output: the pipe, and the runner's own buffer at its end. */
const FULL = loading(`
  import { writeSync } from 'node:fs'
  import { setTimeout } from 'node:timers/promises'
  process.stdout
  for (let refused = 0; refused < 10; ) {
    try {
      writeSync(1, 'x'.repeat(1024))
      refused = 0
    } catch {
      refused += 1
      await setTimeout(10)
    }
  }
`)
const close = (_kill: unknown, stdout: Readable): void => void stdout.destroy()
const leaveUnread = (_kill: unknown, stdout: Readable): void => void stdout.pause()

describe('post', () => {
  test.each([{}, { RUNNER_DEBUG: '1' }])('revokes when stdout is closed: %j', async (debug) => {
    const job = setup.job(debug)
    await setup.main(job)
    const [post] = await job.end({ onSpawn: close })
    expect(post).toMatchObject({ exitCode: 0, stderr: '' })
    expect(setup.neon.createdKeys()).toEqual([])
  })

  test('revokes when stdout is full and unread, and ends', async () => {
    const job = setup.job({ RUNNER_DEBUG: '1' })
    await setup.main(job, {}, { postEnv: FULL })
    const [post] = await job.end({ onSpawn: leaveUnread })
    expect(post).toMatchObject({ exitCode: 0, stderr: '' })
    expect(setup.neon.createdKeys()).toEqual([])
    // The runner itself waits 5 s for output of leftover processes.
    expect(post?.milliseconds).toBeLessThan(10_000)
  })

  test.each([
    ['closed', close, {}],
    ['full', leaveUnread, FULL],
  ])('fails when it cannot revoke and stdout is %s', async (_case, onSpawn, postEnv) => {
    const job = setup.job()
    await setup.main(job, { project_id: setup.neon.project.id }, { postEnv })
    setup.inject({ operation: 'revokeOrgApiKey', failure: { kind: 'status', status: 403, applied: false } })
    const [post] = await job.end({ onSpawn })
    expect(post).toMatchObject({ exitCode: 1, stderr: '' })
  })
})

describe('main', () => {
  test('creates no key when stdout is closed: nothing could mask it', async () => {
    const job = setup.job()
    const main = await setup.main(job, {}, { onSpawn: close })
    expect(main).toMatchObject({ exitCode: 1, stderr: '' })
    expect([main.outputs, main.exported]).toEqual([{}, {}])
    expect(setup.neon.createdKeys()).toEqual([])
    expect(requestsOf(setup.neon)).toEqual([])
    const [post] = await job.end()
    expect(post).toMatchObject({ exitCode: 0, log: ['No API key was created; there is nothing to revoke.'] })
  })

  test('passes no key to later steps when stdout breaks while it is created', async () => {
    const job = setup.job()
    let stdout: Readable | undefined
    setup.neon.accounts.onCreate = () => stdout?.destroy()
    setup.inject({ operation: 'createApiKey', failure: { kind: 'delay', milliseconds: 300 } })
    const main = await setup.main(job, {}, { onSpawn: (_kill, output) => (stdout = output) })
    setup.neon.accounts.onCreate = () => {}
    expect(main).toMatchObject({ exitCode: 1, stderr: '' })
    expect([main.outputs, main.exported]).toEqual([{}, {}])
    const [post] = await job.end()
    expect(post?.exitCode).toBe(0)
    expect(setup.neon.createdKeys()).toEqual([])
  })

  test('ends when stdout is full and unread', async () => {
    const job = setup.job()
    const main = await setup.main(job, {}, { env: FULL, postEnv: {}, onSpawn: leaveUnread })
    expect(main.stderr).toBe('')
    expect(main.milliseconds).toBeLessThan(10_000)
    await job.end()
    expect(setup.neon.createdKeys()).toEqual([])
  })
})

describe('stderr stays empty', () => {
  const secret = 'napi_0123456789abcdef'
  test.each([
    ['an uncaught error', `setTimeout(() => { throw new Error('late ##[stop-commands]x ${secret}') }, 60)`],
    ['an unhandled rejection', `setTimeout(() => Promise.reject(new Error('late ${secret}')), 60)`],
    ['an unhandled rejection with a string', `setTimeout(() => Promise.reject('late'), 60)`],
  ])('%s: the step fails with an annotation, and post revokes', async (_case, code) => {
    setup.inject({ operation: 'createApiKey', failure: { kind: 'delay', milliseconds: 900 } })
    const job = setup.job()
    const main = await setup.main(job, {}, { env: loading(code), postEnv: {} })
    expect(main).toMatchObject({ exitCode: 1, stderr: '' })
    expect(main.outputs).toEqual({})
    expect(errorsOf(main)).toEqual([expect.stringMatching(/^The job got no Neon API key: .*late/)])
    expect(main.stdout).not.toContain('##[')
    const [post] = await job.end()
    expect(post?.exitCode).toBe(0)
    expect(setup.neon.createdKeys()).toEqual([])
  })

  test("Node's warnings", async () => {
    const warnings = loading(`
      setTimeout(() => process.emitWarning('careful'), 60)
      setTimeout(() => process.emitWarning('old', 'DeprecationWarning', 'DEP0'), 60)
    `)
    setup.inject({ operation: 'createApiKey', failure: { kind: 'delay', milliseconds: 300 } })
    setup.inject({ operation: 'revokeApiKey', failure: { kind: 'delay', milliseconds: 300 } })
    const { main, post } = await setup.life({}, { env: { ...warnings, NODE_TLS_REJECT_UNAUTHORIZED: '0' } })
    expect([main, post]).toMatchObject([
      { exitCode: 0, stderr: '' },
      { exitCode: 0, stderr: '' },
    ])
  })
})
