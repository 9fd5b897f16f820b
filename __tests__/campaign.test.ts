// A small, fixed part of `npm run campaign`, and a regression test for each defect that it found.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../simulator/fixtures.ts'
import { virtualViolationsOf } from './campaign/invariants.ts'
import { live } from './campaign/life.ts'
import type { Schedule } from './campaign/schedule.ts'

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

/** Runs the command to its end, in a process of its own: Jest would make it three times slower. */
function campaign(...parameters: string[]): Promise<string> {
  const command = ['--no-warnings', join(ROOT, '__tests__', 'campaign', 'cli.ts'), '--seed', '1', ...parameters]
  return new Promise((resolve) => {
    execFile(process.execPath, command, (_error, stdout, stderr) => resolve(`${stdout}${stderr}`))
  })
}

test('1,500 schedules and 600 sweeps in virtual time and 12 in real processes break no invariant', async () => {
  const report = await campaign('--schedules', '1500', '--processes', '12', '--sweeps', '600')
  expect(report).toMatch(/^1500 schedules held.*\n12 schedules held/)
  const made = /keys created \| ([\d,]+) \| ([\d,]+)/.exec(report)
  expect(Number(made?.[1]?.replace(',', ''))).toBeGreaterThan(700)
  // Each row of the table applies.
  const rows = [...report.slice(report.indexOf('the row of the table')).matchAll(/^\| (.+) \| ([\d,]+) \|$/gm)]
  expect(rows.length).toBeGreaterThan(10)
  for (const [, row, times] of rows)
    expect({ row, times: Number(times?.replace(',', '')) > 5 }).toEqual({ row, times: true })
}, 120_000)

test('500 schedules with attackers break no invariant', async () => {
  const report = await campaign('--attacked', '--schedules', '500', '--processes', '0', '--sweeps', '0')
  expect(report).toMatch(/^500 schedules held/)
}, 60_000)

test('the campaign can fail: without reconciliation it finds leaks, and notices each removed rule of the sweep', async () => {
  const report = await campaign('--self-test', '--schedules', '200', '--sweeps', '2000')
  expect(report).toMatch(/\(a\) post succeeded and the key gha.* is alive/)
  expect(report).not.toContain('did not notice')
}, 120_000)

test('the campaign notices a post step that accepts any record within 100 schedules', async () => {
  expect(await campaign('--without-seal', '--schedules', '100')).toMatch(
    /Got error: \([ah]\) [\s\S]*had to find a leak\./,
  )
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
  [
    'without a record, the list that settles a 404 is also a look for keys that are created late',
    {
      main: [{ kind: 'late', milliseconds: 194 }],
      post: [null, { kind: 'delay', milliseconds: 11_950 }, null, { kind: 'reset', applied: false }],
      adversary: {
        before: undefined,
        tamperings: [{ effect: 14, tampering: { kind: 'put back', save: 0 } }],
        between: undefined,
      },
      luck: 61_203_284,
    },
  ],
]
test.each(regressions)('%s', async (_story, special) => {
  expect(virtualViolationsOf(await live({ ...nothingSpecial, ...special }))).toEqual([])
})
