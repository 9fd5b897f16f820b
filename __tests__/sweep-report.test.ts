// Everything that a sweep reports, for one key of each kind.

import type { KeyResult } from '../src/steps/key-result.ts'
import { ownKeys } from '../src/steps/own-keys.ts'
import type { SweepInputs } from '../src/steps/sweep-inputs.ts'
import { reportSweep } from '../src/steps/sweep-report.ts'
import { scriptedWorld } from './support/scripted-world.ts'

const [KEY] = ownKeys(
  [
    {
      id: '7',
      name: 'gha/81/19/2/55/aaaaaaaa/shop.test',
      createdAt: '2026-01-02T03:04:05Z',
      lastUsedAt: '2026-01-03T03:04:05Z',
      projectId: undefined,
    },
  ],
  { server: 'gha', repositoryId: undefined },
)

const result = (kind: KeyResult['kind'], reason: string): KeyResult => ({
  key: KEY as NonNullable<typeof KEY>,
  repository: 'octo-org/shop',
  kind,
  reason,
})

/** Reports. @returns the summary apart, and the error as the last thing that happened */
async function report(results: KeyResult[], inputs: Partial<SweepInputs> = {}) {
  const { world, happened } = scriptedWorld()
  const all = { dryRun: false, allRepositories: false, ...inputs } as SweepInputs
  await reportSweep(world, results, all).catch((error) =>
    happened.push(`${error.name}: ${error.message}`, ...(error.commands ?? [])),
  )
  const summary = happened.find((text) => text.startsWith('summary: ')) ?? ''
  return { happened: happened.filter((text) => text !== summary), summary: summary.slice('summary: '.length) }
}

const counts = (revoked: number, kept: number, failed: number) => [
  ...[`output: revoked_count | ${revoked}`, `output: kept_count | ${kept}`, `output: failed_count | ${failed}`],
]
/** As the scripted runner shows the key's name. */
const NAME = '<name>'

test('nothing to report', async () => {
  expect(await report([])).toEqual({
    happened: counts(0, 0, 0),
    summary: '### Sweep of Neon API keys\n\nRevoked **0**, kept **0**, failed **0**.\n\n',
  })
})

test('keys that were revoked and kept', async () => {
  const results = [result('revoked', 'its run has completed'), result('kept', 'a'), result('kept', 'a')]
  const row = (outcome: string, why: string) =>
    `| ${outcome} | 7 | shop&#46;test | [19](https://github.com/octo-org/shop/actions/runs/19/attempts/2) | 2026-01-02 03:04 | 2026-01-03 03:04 | ${why} |`
  expect(await report(results)).toEqual({
    happened: [...counts(1, 2, 0), `info: Revoked 7 (${NAME}): its run has completed.`, 'info: Kept 2: a.'],
    summary: [
      '### Sweep of Neon API keys\n\nRevoked **1**, kept **2**, failed **0**.\n',
      '|  | keys | why |\n| --- | --- | --- |',
      '| revoked | 1 | its run has completed |\n| kept | 2 | a |\n',
      '|  | key ID | job | run | created | last used | why |\n| --- | --- | --- | --- | --- | --- | --- |',
      `${row('revoked', 'its run has completed')}\n${row('kept', 'a')}\n${row('kept', 'a')}\n\n`,
    ].join('\n'),
  })
})

test('a dry run', async () => {
  const { happened, summary } = await report([result('revoked', 'its run has completed')], { dryRun: true })
  expect(happened).toEqual([...counts(1, 0, 0), `info: Would revoke 7 (${NAME}): its run has completed.`])
  expect(summary).toContain('\nWould revoke **1**, kept **0**, failed **0**.\n')
  expect(summary).toContain('\n| would revoke | 7 | ')
})

test('keys of repositories that the token does not see', async () => {
  const { happened, summary } = await report([result('unseen', 'u'), result('unseen', 'u'), result('kept', 'k')])
  expect(happened).toEqual([...counts(0, 3, 0), 'info: Kept 2: u.', 'info: Kept 1: k.'])
  expect(summary).toContain('\nThe github_token does not see **1** of the repositories that have keys.\n')
  expect((await report([result('kept', 'k')])).summary).not.toContain('does not see')
})

test('a sweep that stopped early, or could not check all keys', async () => {
  const results = [...['p', 'q', 'q'].map((why) => result('postponed', why)), result('unknown', 'v')]
  expect((await report(results)).happened).toEqual([
    ...counts(0, 4, 0),
    ...['info: Kept 2: q.', 'info: Kept 1: p.', 'info: Kept 1: v.'],
    'warning: 3 keys remaining: q; p. | The sweep stopped early',
    'warning: 1 key kept, although the jobs may have ended: v. | The sweep could not check all keys',
  ])
})

test.each([
  [false, 'The token needs actions: read; add it to the permissions of the job or the workflow.'],
  [true, 'The GitHub App needs the repository permission Actions: read, and its token needs permission-actions: read.'],
])('GitHub denied access; repositories: all: %s', async (allRepositories, advice) => {
  const { happened } = await report([result('refused', 'r'), result('refused', 's')], { allRepositories })
  expect(happened).toEqual([
    ...counts(0, 2, 0),
    ...['info: Kept 1: r.', 'info: Kept 1: s.'],
    `GithubRefused: 2 keys kept, because GitHub denied access: r; s. ${advice}`,
  ])
})

test('keys that could not be revoked, and denied access', async () => {
  const failed = [result('failed', 'f'), result('failed', 'g')]
  expect((await report(failed)).happened.at(-1)).toBe(
    `KeyMayBeAlive: 2 keys could not be revoked. 7 (${KEY?.name}): f 7 (${KEY?.name}): g`,
  )
  expect((await report([...failed, result('refused', 'r')])).happened.at(-1)).toMatch(
    /: g 1 key kept, because GitHub denied access: r\. The token needs/,
  )
})

test('the summary lists what needs attention first', async () => {
  const kinds = ['unseen', 'kept', 'revoked', 'postponed', 'unknown', 'refused', 'failed'] as const
  const { summary } = await report(kinds.map((kind) => result(kind, kind)))
  const reasons = [...summary.matchAll(/\| 2026-01-03 03:04 \| (\w+) \|/g)].map(([, reason]) => reason)
  expect(reasons).toEqual(['failed', 'refused', 'unknown', 'postponed', 'revoked', 'kept', 'unseen'])
  expect(summary).toContain('\n| failed | 7 |')
})
