// The job summary of a sweep: text from Neon and GitHub stays text, and the size has a limit.

import fc from 'fast-check'
import { keyName } from '../simulator/fixtures.ts'
import type { KeyResult } from '../src/steps/key-result.ts'
import { type OwnKey, ownKeys } from '../src/steps/own-keys.ts'
import { summarize } from '../src/steps/sweep-summary.ts'

const options = { dryRun: false, serverUrl: 'https://github.com' }

function resultOf(fields: Partial<KeyResult> = {}, label = 'shop.test'): KeyResult {
  const listed = {
    id: '17',
    name: keyName({ runId: '500', label }),
    createdAt: '2026-01-01T00:00:00Z',
    lastUsedAt: undefined,
    projectId: undefined,
  }
  const [key] = ownKeys([listed], { server: 'gha', repositoryId: undefined })
  return { key: key as OwnKey, repository: 'octo-org/shop', kind: 'kept', reason: 'x', ...fields }
}

/** The cells of each row, those of the heads included. */
const rowsOf = (summary: string): string[][] =>
  summary
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').slice(1, -1))

/** The text that a reader sees. */
const shown = (cell: string): string =>
  cell.trim().replace(/&#(\d+);/g, (_escape, code) => String.fromCodePoint(Number(code)))

/** A text without invisible characters and white space, some of which are replaced. */
const visible = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\s]/gu, '')

test('a hostile reason stays within its cells and is shown as text', () => {
  const pieces = fc.constantFrom(...'|\\`*_~[]()<>&#@!:/.-+=\n\r', '<img src=x>', '](https://evil.example)', 'x', ' ')
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'grapheme' })), { maxLength: 10 }), (parts) => {
      const reason = parts.join('')
      const rows = rowsOf(summarize([resultOf({ reason })], options))
      expect(rows.map(({ length }) => length)).toEqual([3, 3, 3, 7, 7, 7])
      for (const cell of [rows[2]?.[2], rows[5]?.[6]]) {
        // No character with a meaning in Markdown or HTML is left, apart from those of the escapes.
        expect(cell?.replace(/&#\d+;/g, '')).toMatch(/^[\p{L}\p{N}\s,;()'-]*$/u)
        expect(visible(shown(cell ?? ''))).toBe(visible(reason))
      }
    }),
  )
})

test('a label becomes no link and no emphasis', () => {
  const row = rowsOf(summarize([resultOf({}, '_www.evil.example_')], options))[5]
  expect(row?.[2]).toBe(' &#95;www&#46;evil&#46;example&#95; ')
})

test.each(['octo-org/x](https://evil.example)', 'octo-org/x y', 'octo-org', 'octo-org/<b>', 'a/b/c', ''])(
  'the run is no link if %j is the name of the repository',
  (repository) => {
    expect(rowsOf(summarize([resultOf({ repository })], options))[5]?.[3]).toBe(' 500 ')
  },
)

test('a long reason is cut at 300 characters', () => {
  const rows = rowsOf(summarize([resultOf({ reason: 'x'.repeat(10_000) })], options))
  expect([rows[2]?.[2]?.trim(), rows[5]?.[6]?.trim()]).toEqual(['x'.repeat(300), 'x'.repeat(300)])
})

test('each table ends at 100 kB, with the number of rows that are left out, and failures come first', () => {
  // Every reason is another one, so that both tables are long; each of its characters takes several bytes.
  const results = Array.from({ length: 1_000 }, (_, index) =>
    resultOf({ kind: index < 990 ? 'kept' : 'failed', reason: `${index} ${'|'.repeat(290)}` }),
  )
  const summary = summarize(results, options)
  expect(summary).toContain('Revoked **0**, kept **990**, failed **10**.')
  const tables = summary.split('\n\n').filter((part) => part.startsWith('| '))
  expect(tables).toHaveLength(2)
  const more = [...summary.matchAll(/^… and (\d+) more\.$/gm)].map(([, count]) => Number(count))
  for (const [index, table] of tables.entries()) {
    const rows = table.split('\n').slice(2)
    expect(Buffer.byteLength(table)).toBeGreaterThan(98_000)
    expect(Buffer.byteLength(table)).toBeLessThan(100_500)
    expect(rows.length + (more[index] ?? 0)).toBe(1_000)
    expect(rows.slice(0, 11).map((row) => row.slice(0, 8))).toEqual([
      ...Array.from({ length: 10 }, () => '| failed'),
      '| kept |',
    ])
  }
})

test('a short table is complete', () => {
  const summary = summarize(
    Array.from({ length: 500 }, () => resultOf()),
    options,
  )
  expect(rowsOf(summary)).toHaveLength(3 + 2 + 500)
  expect(summary).not.toContain('more.')
})
