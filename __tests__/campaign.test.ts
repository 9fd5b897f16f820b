// A small, fixed part of `npm run campaign`, and a regression test for each defect that it found.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../simulator/fixtures.ts'
import { inRealProcesses, inVirtualTime, runCampaign } from './campaign/campaign.ts'
import { virtualViolationsOf } from './campaign/invariants.ts'
import { live } from './campaign/life.ts'
import type { Schedule } from './campaign/schedule.ts'
import { runSweeps, unnoticedRules } from './campaign/sweeps.ts'

const nothingSpecial: Schedule = {
  scope: 'personal',
  main: [],
  interruption: { kind: 'none' },
  pause: 0,
  post: [],
  postApiKey: 'the same',
  debug: true,
  edition: 'openapi',
  jobIdKnown: true,
  adversary: null,
  luck: 0,
}

test('1,500 schedules in virtual time break no invariant', async () => {
  const { finding, statistics } = await runCampaign(inVirtualTime(), { numRuns: 1_500, seed: 1 })
  expect(finding).toBeUndefined()
  expect(statistics.outcome.made).toBeGreaterThan(700)
}, 120_000)

test('12 schedules in real processes break no invariant', async () => {
  const { finding } = await runCampaign(inRealProcesses, { numRuns: 12, seed: 1, endOnFailure: true })
  expect(finding).toBeUndefined()
}, 120_000)

test('the campaign can fail: without reconciliation it finds leaks, and reduces them', async () => {
  const { finding } = await runCampaign(inVirtualTime(true), { numRuns: 200, seed: 1 })
  expect(finding?.report).toMatch(/\(a\) post succeeded and the key gha.* is alive/)
  expect((finding?.schedule.main.length ?? 9) + (finding?.schedule.post.length ?? 9)).toBeLessThan(3)
})

test('the campaign notices a post step that accepts any record within 100 schedules', () => {
  const command = [join(ROOT, '__tests__', 'campaign', 'cli.ts'), '--without-seal', '--schedules', '100', '--seed', '1']
  expect(execFileSync(process.execPath, command, { encoding: 'utf8' })).toMatch(/\(h\) the long-lived key went to/)
})

test('without faults, main and post each send one request', async () => {
  const { neon, main, post } = await live(nothingSpecial)
  expect(neon.requests.map(({ method }) => method)).toEqual(['POST', 'DELETE'])
  expect([main.ending, post.ending]).toEqual(['success', 'success'])
})

const regressions: [string, Partial<Schedule>][] = [
  [
    'an ID that is a string is invalid',
    { scope: 'project looked up', main: [null, { kind: 'fields', fields: { id: '12' } }] },
  ],
  [
    'a lost key that is created late is looked for again before the next key is created',
    { main: [{ kind: 'late', milliseconds: 51 }, null, { kind: 'body', body: '' }] },
  ],
  [
    'the list of another account proves nothing about our key',
    { interruption: { kind: 'killed before effect', effect: 3 }, postApiKey: "another account's" },
  ],
  [
    'a fresh key that cannot revoke itself does not count as revoked',
    { post: [null, null, { kind: 'status', status: 404, applied: false }], postApiKey: "another account's" },
  ],
  [
    'a key that two looks of post find at once is gone when the later one revokes it',
    {
      main: [
        { kind: 'status', status: 429, applied: false },
        { kind: 'late', milliseconds: 12_083 },
        { kind: 'trickle', millisecondsPerByte: 5 },
      ],
      post: [
        { kind: 'fields', fields: { id: -1 } },
        { kind: 'late', milliseconds: 1 },
      ],
      debug: false,
      luck: 567_828_705,
    },
  ],
]
test.each(regressions)('%s', async (_story, special) => {
  expect(virtualViolationsOf(await live({ ...nothingSpecial, ...special }))).toEqual([])
})

test('600 sweeps break no invariant, and each row of the table applies', async () => {
  const { finding, rows } = await runSweeps({ numRuns: 600, seed: 1 })
  expect(finding).toBeUndefined()
  for (const times of Object.values(rows)) expect(times).toBeGreaterThan(5)
})

test('the campaign can fail: it notices each removed rule of the sweep', async () => {
  expect(await unnoticedRules(1, 2_000)).toEqual([])
}, 60_000)
