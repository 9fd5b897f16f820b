import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSummary } from '../src/github/job-summary.ts'

test('each text is added to the job summary, and ends with a line break', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'summary-'))
  const file = join(folder, 'summary.md')
  writeFileSync(file, 'Before\n')
  const before = process.env.GITHUB_STEP_SUMMARY
  process.env.GITHUB_STEP_SUMMARY = file
  try {
    await writeSummary('# First')
    await writeSummary('# Second')
    expect(readFileSync(file, 'utf8').split(/\r?\n/)).toEqual(['Before', '# First', '# Second', ''])
  } finally {
    if (before === undefined) delete process.env.GITHUB_STEP_SUMMARY
    else process.env.GITHUB_STEP_SUMMARY = before
    rmSync(folder, { recursive: true })
  }
})
