import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Failure, Fault } from '../simulator/neon/faults.ts'
import type { Job, StepResult } from '../simulator/runner/job.ts'
import { preload } from '../simulator/runner/preload.ts'
import { errorsOf, recordOf, scenario } from './support/scenario.ts'

const setup = scenario()

interface Write {
  where: string
  text: string
}

/** Every write of a step to stdout and the command files, in order. */
function tracing(job: Job): { env: Record<string, string>; writes: () => Write[] } {
  const file = join(job.folder, 'writes.jsonl')
  const writes = (): Write[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  return { env: preload(['writes'], { WRITE_TRACE: file }), writes }
}

/** Fails if the long-lived key appears anywhere except in its own mask command. */
function expectNoLongLivedKey(steps: StepResult[], job: Job): void {
  const key = setup.neon.adminKey
  for (const { stdout, stderr } of steps) {
    expect(stdout.replace(`::add-mask::${key}`, '')).not.toContain(key)
    expect(stderr).not.toContain(key)
  }
  for (const { path, text } of job.filesOnDisk().filter(({ path }) => !path.endsWith('writes.jsonl'))) {
    expect({ path, text }).toEqual({ path, text: expect.not.stringContaining(key) })
  }
  expect(JSON.stringify(job.env)).not.toContain(key)
}

test.each([
  ['personal', {}],
  ['project', { project_id: 'shiny-wind-028834' }],
])('masking comes before everything else: %s', async (_scope, inputs) => {
  const job = setup.job()
  const trace = tracing(job)
  const main = await setup.main(job, inputs, { env: trace.env })
  // With the last, empty write, the step waits for all others.
  const writes = trace.writes().filter(({ text }) => text !== '')
  const fresh = main.outputs.api_key ?? ''

  // An empty record first, since an earlier step may have put one into the environment.
  expect(writes[0]).toMatchObject({ where: 'state', text: expect.stringMatching(/^record<<(\S+)\n\n\1\n$/) })
  expect(writes[1]).toEqual({ where: 'stdout', text: `::add-mask::${setup.neon.adminKey}\n` })
  const holdsFresh = writes.filter(({ text }) => text.includes(fresh))
  expect(holdsFresh[0]).toEqual({ where: 'stdout', text: `::add-mask::${fresh}\n` })
  // The intent is on disk before the key exists, the ID before any output can fail.
  expect(
    writes.map(({ where, text }) => (where === 'stdout' ? text.slice(0, 10) : `${where} ${text.split('<<')[0]}`)),
  ).toEqual([
    'state record',
    '::add-mask',
    'state record',
    'state record',
    '::add-mask',
    'state record',
    'output api_key',
    'output api_key_id',
    'output api_key_name',
    'env NEON_API_KEY',
    'Created th',
  ])
})

test('post masks both keys before it prints anything else', async () => {
  const job = setup.job()
  const main = await setup.main(job)
  const [post] = await job.end()
  expect(post?.stdout.split('\n').slice(0, 2)).toEqual([
    `::add-mask::${setup.neon.adminKey}`,
    `::add-mask::${main.outputs.api_key}`,
  ])
})

test('the long-lived key appears only in its own mask command', async () => {
  const { job, main, post } = await setup.life({ project_id: setup.neon.project.id })
  expectNoLongLivedKey([main, post], job)
})

test('the same with debug logging', async () => {
  const { job, main, post } = await setup.life({}, { env: { RUNNER_DEBUG: '1' } })
  expectNoLongLivedKey([main, post], job)
})

const GARBAGE: Failure = { kind: 'body', body: 'garbage' }
test.each<[string, Fault[], exitCodes: number[]]>([
  [
    'a create is lost, and no list comes',
    [
      { operation: 'createApiKey', failure: { kind: 'reset', applied: true } },
      { operation: 'listApiKeys', failure: { kind: 'status', status: 403, applied: false } },
    ],
    [1, 1],
  ],
  ['no key can be revoked', [{ operation: 'revokeApiKey', failure: GARBAGE }], [0, 1]],
  ['every answer is garbage', [{ failure: GARBAGE }], [1, 1]],
])('the same when everything fails: %s', async (_case, faults, exitCodes) => {
  for (const fault of faults) setup.inject({ ...fault, times: 99 })
  const { job, main, post } = await setup.life({}, { env: { RUNNER_DEBUG: '1' } })
  expect([main.exitCode, post.exitCode]).toEqual(exitCodes)
  expectNoLongLivedKey([main, post], job)
})

test("the same when Neon's error repeats it", async () => {
  const body = JSON.stringify({ code: '', message: `the key ${setup.neon.adminKey}\n::error::is not welcome` })
  setup.inject({ failure: { kind: 'status', status: 400, applied: false, body } })
  const { job, main, post } = await setup.life()
  expect(errorsOf(main)[0]).toContain('the key *** ::error::is not welcome')
  expectNoLongLivedKey([main, post], job)
})

test('the same with an escape sequence in it, which the log omits', async () => {
  const { adminKey } = setup.neon
  const body = JSON.stringify({ code: '', message: `${adminKey.slice(0, 9)}\u001b[0m${adminKey.slice(9)}` })
  setup.inject({ failure: { kind: 'status', status: 400, applied: false, body } })
  const { job, main, post } = await setup.life()
  expect(errorsOf(main)[0]).toContain('"***"')
  expectNoLongLivedKey([main, post], job)
})

test('a fresh key in an invalid answer is masked and not used', async () => {
  setup.inject({ operation: 'createApiKey', failure: { kind: 'fields', fields: { id: null } } })
  const { job, main } = await setup.life()
  const masks = main.commands.filter(({ command }) => command === 'add-mask').map(({ message }) => message)
  expect(masks).toEqual([setup.neon.adminKey, expect.stringMatching(/^napi_/), main.outputs.api_key])
  const [, orphan] = masks
  expect(main.stdout.replace(`::add-mask::${orphan}`, '')).not.toContain(orphan)
  for (const { text } of job.filesOnDisk()) expect(text).not.toContain(orphan)
})

test('the state contains the fresh key only if that key can revoke itself', async () => {
  const personal = await setup.main(setup.job())
  const organization = await setup.main(setup.job(), { org_id: setup.neon.organization.id })
  const project = await setup.main(setup.job(), { project_id: setup.neon.project.id })
  expect(recordOf(personal).created.key).toBe(personal.outputs.api_key)
  expect(recordOf(organization).created.key).toBe(organization.outputs.api_key)
  expect(recordOf(project).created).toEqual({ id: project.outputs.api_key_id, name: project.outputs.api_key_name })
})

test('the ID and the name are not masked, so that other jobs can get them', async () => {
  const { job, main } = await setup.life()
  for (const mask of job.masks) {
    expect(main.outputs.api_key_id).not.toContain(mask)
    expect(main.outputs.api_key_name).not.toContain(mask)
  }
})

test('a warning names another variable with the long-lived key', async () => {
  const main = await setup.main(setup.job({ DATABASE_ADMIN: setup.neon.adminKey }))
  expect(main.exitCode).toBe(0)
  const [warning] = main.commands.filter(({ command }) => command === 'warning')
  expect(warning?.message).toContain('DATABASE_ADMIN')
  expect(warning?.message).not.toContain(setup.neon.adminKey)
})

test('the same for a variable that contains the key', async () => {
  const main = await setup.main(setup.job({ CREDENTIALS: `{"neon":"${setup.neon.adminKey}"}` }))
  expect(main.exitCode).toBe(0)
  expect(main.annotations).toMatchObject([{ kind: 'warning', message: expect.stringContaining('(CREDENTIALS)') }])
})

test("Windows' spelling of an input causes no warning", async () => {
  const main = await setup.main(setup.job({ Input_Api_Key: setup.neon.adminKey }))
  expect(main.annotations).toEqual([])
})

test('an answer with the long-lived key itself is invalid', async () => {
  const failure = { kind: 'fields', fields: { key: setup.neon.adminKey } } as const
  setup.inject({ operation: 'createApiKey', failure })
  const once = await setup.life()
  expect(once.main.exitCode).toBe(0)
  expect(once.main.outputs.api_key).not.toBe(setup.neon.adminKey)

  setup.inject({ operation: 'createApiKey', times: 2, failure })
  const { main, job } = await setup.life()
  expect(main.exitCode).toBe(1)
  expect(errorsOf(main)).toEqual([expect.stringContaining('the API key that was sent')])
  expectNoLongLivedKey(job.steps, job)
  expect(setup.neon.createdKeys()).toEqual([])
})

test('the address from which a key was last used appears only in debug logs', async () => {
  const job = setup.job()
  const main = await setup.main(job)
  setup.neon.accounts.authenticate(main.outputs.api_key ?? '', '192.0.2.7')
  const [post] = await job.end()
  const holding = post?.stdout.split('\n').filter((line) => line.includes('192.0.2.7'))
  expect(holding).toEqual(['::debug::Last used from 192.0.2.7.'])
})
