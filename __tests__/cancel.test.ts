// What happens to the key when the job is cancelled: the runner sends SIGINT, SIGTERM 7.5 s later, and kills the step
// after another 2.5 s. On Windows it sends Ctrl-C and Ctrl-Break.

import { createServer } from 'node:net'
import { keyName, SWEEP } from '../simulator/fixtures.ts'
import { listen } from '../simulator/listening.ts'
import { errorsOf, recordOf, requestsOf, scenario } from './support/scenario.ts'

const setup = scenario()
const isWindows = process.platform === 'win32'
const onPosix = isWindows ? test.skip : test
/** Milliseconds that PowerShell needs to send Ctrl-C or Ctrl-Break. */
const LATENCY = isWindows ? 5_000 : 0

/** Sends a signal as soon as Neon has received this many requests. */
function after(requests: number, signal: NodeJS.Signals): (kill: (signal: NodeJS.Signals) => void) => void {
  return (kill) => {
    const timer = setInterval(() => {
      if (setup.neon.requests.length < requests) return
      clearInterval(timer)
      kill(signal)
    }, 5)
  }
}

test.each(['SIGINT', isWindows ? 'SIGBREAK' : 'SIGTERM'] as const)(
  '%s with a create in flight: it may finish, its ID is saved, later steps get no key',
  async (signal) => {
    setup.inject({ operation: 'createApiKey', failure: { kind: 'delay', milliseconds: 800 + LATENCY } })
    const job = setup.job()
    const main = await setup.main(job, {}, { onSpawn: after(1, signal) })
    expect(main.exitCode).toBe(1)
    expect(main.outputs).toEqual({})
    expect(main.exported).toEqual({})
    expect(recordOf(main).created.id).toBe(setup.neon.createdKeys()[0]?.id)
    expect(errorsOf(main)).toEqual([expect.stringContaining('The job was cancelled')])
    const [post] = await job.end()
    expect(post?.exitCode).toBe(0)
    expect(setup.neon.createdKeys()).toEqual([])
    expect(requestsOf(setup.neon)).toEqual(['POST 200', 'DELETE 200'])
  },
)

test('SIGINT while waiting: the wait ends at once', async () => {
  setup.inject({
    operation: 'createApiKey',
    times: 9,
    failure: { kind: 'status', status: 429, applied: false, headers: { 'retry-after': '20' } },
  })
  const job = setup.job()
  const main = await setup.main(job, {}, { onSpawn: after(1, 'SIGINT') })
  expect(main.exitCode).toBe(1)
  expect(main.milliseconds).toBeLessThan(3_000 + LATENCY)
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
})

onPosix('SIGINT while connecting: main ends before the runner kills it', async () => {
  // Accepts the connection and never answers the TLS handshake.
  const silent = createServer()
  const { port, close } = await listen(silent)
  const job = setup.job()
  const onSpawn = (kill: (signal: NodeJS.Signals) => void): void => void silent.once('connection', () => kill('SIGINT'))
  const main = await setup.main(job, { api_host: `https://127.0.0.1:${port}/api/v2` }, { onSpawn })
  close()
  expect(main).toMatchObject({ exitCode: 1, signal: null, outputs: {} })
  expect(main.milliseconds).toBeLessThan(7_500)
  expect(errorsOf(main)).toEqual([expect.stringContaining('The job was cancelled')])
})

onPosix('SIGINT while looking for a lost key: post continues', async () => {
  setup.inject({ operation: 'createApiKey', failure: { kind: 'reset', applied: true } })
  setup.inject({ operation: 'listApiKeys', failure: { kind: 'delay', milliseconds: 5_000 } })
  const job = setup.job()
  const main = await setup.main(job, {}, { onSpawn: after(2, 'SIGINT') })
  expect(main.exitCode).toBe(1)
  expect(main.milliseconds).toBeLessThan(3_000)
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
  expect(setup.neon.createdKeys()).toEqual([])
})

test.each(['SIGINT', isWindows ? 'SIGBREAK' : 'SIGTERM'] as const)(
  '%s while post waits for the next attempt: it goes on, and revokes',
  async (signal) => {
    setup.inject({ operation: 'revokeApiKey', times: 3, failure: { kind: 'status', status: 500, applied: false } })
    const job = setup.job()
    await setup.main(job)
    const [post] = await job.end({ onSpawn: after(2, signal) })
    expect(post).toMatchObject({ exitCode: 0, signal: null })
    expect(setup.neon.createdKeys()).toEqual([])
  },
)

onPosix('SIGKILL with a create in flight: post finds the key by its saved name', async () => {
  setup.inject({ operation: 'createApiKey', failure: { kind: 'delay', milliseconds: 500 } })
  const job = setup.job()
  const main = await setup.main(job, {}, { onSpawn: after(1, 'SIGKILL') })
  expect(main.signal).toBe('SIGKILL')
  expect(setup.neon.createdKeys()).toHaveLength(1)
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
  expect(setup.neon.createdKeys()).toEqual([])
})

onPosix('SIGINT during a sweep: revocations in flight may finish, and no other is sent', async () => {
  const { accounts, organization, organizationKey, ada } = setup.neon
  for (let index = 0; index < 5; index += 1) {
    const { key } = accounts.createKey({ organization }, keyName(), ada)
    // So old that no request to GitHub is necessary.
    key.createdAt = '2026-01-01T00:00:00Z'
  }
  setup.inject({ operation: 'revokeOrgApiKey', times: 4, failure: { kind: 'delay', milliseconds: 300 } })
  const inputs = { api_key: organizationKey, org_id: organization.id, api_host: setup.host }
  const sweep = await setup.job().uses(SWEEP, { with: inputs, onSpawn: after(5, 'SIGINT') })
  expect(sweep).toMatchObject({ exitCode: 1, signal: null, outputs: { revoked_count: '4', kept_count: '1' } })
  expect(errorsOf(sweep)).toEqual([expect.stringContaining('The job was cancelled during the sweep')])
  expect(setup.neon.createdKeys()).toHaveLength(1)
})
