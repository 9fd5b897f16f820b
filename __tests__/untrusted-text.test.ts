// Text from Neon, GitHub or a proxy may contain anything. It must never become a workflow command or change how the log
// is displayed.

import { appendFileSync, rmSync } from 'node:fs'
import fc from 'fast-check'
import { SWEEP } from '../simulator/fixtures.ts'
import { startGithub } from '../simulator/github/server.ts'
import { parseCommand } from '../simulator/runner/commands.ts'
import type { StepResult } from '../simulator/runner/job.ts'
import { newNonce } from '../src/github/key-name.ts'
import { sanitize } from '../src/github/sanitize.ts'
import { scenario } from './support/scenario.ts'

const setup = scenario({ timeLapse: 10 })

const hostile = [
  '##[stop-commands]x',
  'x\n##[stop-commands]x',
  '::stop-commands::x',
  'x\n  ::stop-commands::x',
  'x\r::stop-commands::x',
  'x\u2028::stop-commands::x\u0085::stop-commands::x',
  '\u001b[2K#\u001b[0m#[stop-commands]x',
  '\u001b]0;title\u0007\u001b[31mred\u009b0m\u0000\b\u007f',
  '##\u200b[stop-commands]x##[##[stop-commands]x',
  'user\u202egnp.exe\ufeff',
  '%0A::stop-commands::x%0D%25',
]

/** Every command that the action itself prints. */
const OURS = /^::(?:add-mask|error title=[^,:]+|warning title=[^,:]+|debug|group|endgroup)::/

function expectHarmless({ stdout, stderr, commands }: StepResult): void {
  expect(stderr).toBe('')
  expect(stdout).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u)
  expect(stdout).not.toContain('##[')
  for (const line of stdout.split('\n').filter((text) => /^\s*::/.test(text))) expect(line).toMatch(OURS)
  expect(commands.map(({ command }) => command)).not.toContain('stop-commands')
}

const message = (words: string): string => JSON.stringify({ code: '', message: words })

test.each(hostile)('in the reason of a wait, and masks still work: %j', async (words) => {
  const failure = { kind: 'status', status: 503, applied: false, body: message(words) } as const
  setup.inject({ operation: 'createApiKey', times: 3, failure })
  setup.inject({ operation: 'revokeApiKey', times: 3, failure })
  const { job, main, post } = await setup.life()
  expect([main.exitCode, post.exitCode]).toEqual([0, 0])
  for (const step of [main, post]) expectHarmless(step)
  expect(job.masks).toContain(main.outputs.api_key)
})

test.each(hostile)('in annotations: %j', async (words) => {
  const failure = { kind: 'status', status: 403, applied: false, body: message(words) } as const
  setup.inject({ operation: 'createApiKey', failure })
  expectHarmless((await setup.life()).main)

  setup.inject({ operation: 'revokeOrgApiKey', failure })
  const { post } = await setup.life({ project_id: setup.neon.project.id, on_revoke_failure: 'warn' })
  expectHarmless(post)
  expect(post.annotations).toMatchObject([{ kind: 'warning', title: 'A Neon API key may still be alive' }])
})

test.each(hostile)('in place of an address or a date: %j', async (words) => {
  const fields = { last_used_at: words, last_used_from_addr: words }
  setup.inject({ operation: 'revokeApiKey', failure: { kind: 'fields', fields } })
  const job = setup.job({ RUNNER_DEBUG: '1' })
  const main = await setup.main(job)
  const [post] = await job.end()
  expectHarmless(post as StepResult)
  expect(post?.log[0]).toBe(`Revoked the Neon API key ${main.outputs.api_key_id} (${main.outputs.api_key_name}).`)
})

test.each([
  ['2026-01-01', false],
  ['yesterday', false],
  ['2026-99-99T99:99:99Z', false],
  ['2026-01-01T00:00:00Z', true],
  ['2026-01-01T00:00:00.123456+02:00', true],
])('the date %s is printed: %s', async (last_used_at, told) => {
  setup.inject({ operation: 'revokeApiKey', failure: { kind: 'fields', fields: { last_used_at } } })
  const { post } = await setup.life()
  expect(post.log[0]?.includes('last used at')).toBe(told)
})

test.each(hostile)('in the summary of a sweep: %j', async (words) => {
  const github = await startGithub()
  try {
    await setup.main(setup.job({ GITHUB_RUN_ID: '500' }))
    github.runs.set('500', { id: '500', status: 'completed', attempt: 1 })
    const failure = { kind: 'status', status: 403, applied: false, body: message(`${words}|<b>`) } as const
    setup.inject({ operation: 'revokeApiKey', failure })
    const sweep = await setup.job({ GITHUB_API_URL: github.host }).uses(SWEEP, {
      with: { api_key: setup.neon.adminKey, api_host: setup.host, scope: 'personal', github_token: github.token },
    })
    expect(sweep.exitCode).toBe(1)
    expectHarmless(sweep)
    expect(sweep.summary).toContain('403')
    expect(sweep.summary).not.toMatch(/[^\P{C}\n]|\u2028|##\[|<b>/u)
  } finally {
    await github.close()
  }
})

test("an annotation's first 4,096 characters contain what matters, even if Neon's message is long", async () => {
  const body = message('so sorry '.repeat(100_000))
  const failure = { kind: 'status', status: 403, applied: false, body } as const
  setup.inject({ operation: 'revokeOrgApiKey', failure })
  const { main, post } = await setup.life({ project_id: setup.neon.project.id })
  const [annotation] = post.annotations
  expect(annotation?.message).toContain(`neon api-keys revoke ${main.outputs.api_key_id}`)
  expect(annotation?.message).toContain(main.outputs.api_key_name)
  expect(annotation?.message).toContain('revoke it by hand')
  expect(post.stdout.length).toBeLessThan(10_000)
})

test('the same with a forged record of many names', async () => {
  const job = setup.job()
  const names = Array.from({ length: 1_000 }, (_, index) => ({ name: `${index}`.padStart(60, 'x') }))
  const record = `seal.${JSON.stringify({ created: { id: '17', name: 'seventeen' }, doubtful: names })}`
  await setup.main(job, {}, { beforeRead: ({ state }) => appendFileSync(state, `record=${record}\n`) })
  const [post] = await job.end()
  expect(post?.exitCode).toBe(1)
  const [annotation] = post?.annotations ?? []
  for (const text of ['neon api-keys revoke 17', 'seventeen', 'was not written by the main step', 'by hand']) {
    expect(annotation?.message).toContain(text)
  }
})

test('the same if many keys cannot be revoked', async () => {
  const { neon } = setup
  const job = setup.job()
  const { outputs } = await setup.main(job, {}, { beforeRead: ({ state }) => rmSync(state) })
  const stem = outputs.api_key_name?.replace(/[^/]+\/[^/]+$/, '')
  for (let index = 0; index < 80; index += 1)
    neon.accounts.createKey({ user: neon.ada }, `${stem}${newNonce()}`, neon.ada)
  const failure = { kind: 'status', status: 403, applied: false, body: message('x'.repeat(5_000)) } as const
  setup.inject({ operation: 'revokeApiKey', times: 99, failure })
  const [post] = await job.end()
  expect(post?.exitCode).toBe(1)
  const [annotation] = post?.annotations ?? []
  expect(annotation?.message).toContain(`neon api-keys revoke ${outputs.api_key_id}`)
})

test('no text becomes a command or more than one line', () => {
  const pieces = fc.constantFrom(...'#[]:% \t\r\n\u2028\u0085\u001b', '##[', '::', 'debug', 'stop-commands', 'x')
  const known = (command: string): boolean => command !== ''
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 12 }), (parts) => {
      const line = sanitize(parts.join(''))
      expect(parseCommand(line, known)).toBeUndefined()
      expect(line.split(/\r\n|[\r\n\u0085\u2028\u2029]/)).toHaveLength(1)
      expect(sanitize(line)).toBe(line)
    }),
    { numRuns: 5_000 },
  )
})
