// The sweep, effect by effect; sweep.test.ts runs it as the runner does.

import type { HttpResponse } from '../src/base/http.ts'
import { sweepKeys } from '../src/steps/sweep-keys.ts'
import { answer, refusal, revoked } from './support/scripted-neon.ts'
import { type Start, scriptedWorld } from './support/scripted-world.ts'

const OURS = 'gha/81/18/1/44/aaaaaaaa/shop.test'
const OTHER = 'gha/82/18/1/44/bbbbbbbb/app.test'
const keys = (...names: string[]): HttpResponse =>
  answer(names.map((name, index) => ({ id: index + 7, name, created_at: '2026-01-01T00:00:00Z' })))
const json = (body: unknown, status = 200): HttpResponse => ({
  ...answer(body, status),
  headers: { 'content-type': 'application/json; charset=utf-8' },
})
const run = (status: string): HttpResponse => json({ id: 18, status, run_attempt: 1 })

/** Runs the sweep at the epoch, when no key is old. @returns what happened, without the summary */
async function sweep({ inputs, ...start }: Start): Promise<string[]> {
  const all = { github_token: 'a-token', max_age_hours: '999999', ...inputs }
  const { world, happened } = scriptedWorld({ ...start, inputs: all })
  await sweepKeys(world).catch((error) => happened.push(`${error.name}: ${error.message}`))
  return happened.filter((text) => !text.startsWith('summary'))
}

const MASKED = ['mask: a-token', 'mask: the-long-lived-key']
const LIST = 'request: GET /api/v2/api_keys'
const RUN = 'request: GET /repos/octo-org/shop/actions/runs/18'
const counts = (revokedKeys: number, kept: number, failed: number) => [
  `output: revoked_count | ${revokedKeys}`,
  ...[`output: kept_count | ${kept}`, `output: failed_count | ${failed}`],
]

test('a key whose run has completed', async () => {
  const answers = [keys('somebody else', OURS, OTHER), run('completed'), revoked(8)]
  expect(await sweep({ answers })).toEqual([
    ...[...MASKED, LIST],
    'info: 3 keys in the personal account, 1 created by this action for this repository.',
    ...[RUN, 'request: DELETE /api/v2/api_keys/8', ...counts(1, 0, 0)],
    `info: Revoked 8 (${OURS}): its run has completed.`,
  ])
})

test('a dry run revokes nothing', async () => {
  const happened = await sweep({ inputs: { dry_run: 'true' }, answers: [keys(OURS), run('completed')] })
  expect(happened.slice(2)).toEqual([
    LIST,
    'info: 1 key in the personal account, 1 created by this action for this repository.',
    ...[RUN, ...counts(1, 0, 0), `info: Would revoke 7 (${OURS}): its run has completed.`],
  ])
})

test('a key that cannot be revoked', async () => {
  const happened = await sweep({ answers: [keys(OURS), run('completed'), refusal(403)] })
  expect(happened.slice(-4, -1)).toEqual(counts(0, 0, 1))
  expect(happened.at(-1)).toMatch(
    /^KeyMayBeAlive: 1 key could not be revoked\. 7 \(gha.*\): Neon refused to revoke the API key 7: "it is 403"/,
  )
})

test("Neon's rate limit: keys in progress are kept, and no further revocation is sent", async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `gha/81/18/1/44/${letter.repeat(8)}`)
  const limited = { ...refusal(429), headers: { 'retry-after': '120' } }
  const happened = await sweep({ answers: [keys(...names), run('completed'), ...Array(6).fill(limited)] })
  // Four keys are processed at the same time.
  expect(happened.filter((text) => text.startsWith('request: DELETE'))).toHaveLength(4)
  expect(happened.slice(-5)).toEqual([
    ...counts(0, 6, 0),
    "info: Kept 6: Neon's rate limit is reached; the next sweep continues.",
    "warning: 6 keys remaining: Neon's rate limit is reached; the next sweep continues. | The sweep stopped early",
  ])
})

test('only keys of the project', async () => {
  const listed = answer([
    { id: 7, name: OURS, project_id: 'p' },
    { id: 8, name: OURS.replace('a/', 'c/'), project_id: 'q' },
    { id: 9, name: OURS.replace('a/', 'd/') },
  ])
  const happened = await sweep({
    inputs: { scope: '', org_id: 'o', project_id: 'p' },
    answers: [listed, run('completed'), revoked(7)],
  })
  expect(happened.slice(2, 6)).toEqual([
    'request: GET /api/v2/organizations/o/api_keys',
    'info: 1 key in the project p of organization o, 1 created by this action for this repository.',
    ...[RUN, 'request: DELETE /api/v2/organizations/o/api_keys/7'],
  ])
})

describe('all repositories', () => {
  const inputs = { repositories: 'all' }
  const REPOSITORIES = 'request: GET /installation/repositories'
  const seen = json({ total_count: 1, repositories: [{ id: 81, full_name: 'octo-org/shop' }] })

  test('keys of repositories that the token sees', async () => {
    const happened = await sweep({ inputs, answers: [keys(OURS, OTHER), seen, run('in_progress'), json({ jobs: [] })] })
    expect(happened.slice(2)).toEqual([
      LIST,
      'info: 2 keys in the personal account, 2 created by this action on this server.',
      ...[REPOSITORIES, RUN, 'request: GET /repos/octo-org/shop/actions/runs/18/attempts/1/jobs', ...counts(0, 2, 0)],
      'info: Kept 1: the github_token does not see its repository.',
      'info: Kept 1: its run is in progress, and GitHub does not list its job.',
    ])
  })

  const ADVICE =
    'With repositories: all, the github_token must be the installation token of a GitHub App; actions/create-github-app-token creates one.'
  test.each([
    [401, 'GitHub rejected the github_token (401)'],
    [404, 'GitHub lists no repositories for the github_token (404)'],
  ])('a token that is no installation token: %i', async (status, why) => {
    const happened = await sweep({ inputs, answers: [keys(OURS), json({ message: 'no' }, status)] })
    expect(happened.slice(4)).toEqual([REPOSITORIES, `GithubRefused: ${why}. ${ADVICE}`])
  })

  test('no answer about the repositories', async () => {
    const happened = await sweep({ inputs, answers: [keys(OURS), json({}, 502)] })
    expect(happened).toContain('info: Kept 1: GitHub answered 502.')
  })
})
