// `npm run mutation`: changes src/ in thousands of small ways and looks for changes that no test notices;
// docs/mutation.md explains it.

import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { Stryker } from '@stryker-mutator/core'
import { readCommand } from '../../scripts/command.ts'
import { writeGenerated } from '../../scripts/markdown.ts'
import { report } from './report.ts'
import { RECORDS, ROOT, readRecords } from './runner.ts'

const given = readCommand({
  usage: 'npm run mutation --',
  does: 'Changes src/ in thousands of small ways and looks for changes that no test notices.',
  flags: {
    mutate: { value: 'FILES', default: 'src/**/*.ts', help: 'the files to change, separated by commas' },
    seconds: { value: 'NUMBER', default: '20', whole: 1, help: 'the quickest tests, as long as they usually take' },
    resume: { help: 'keep the results of earlier runs whose file is unchanged' },
    again: { help: 'the same, but try again what survived' },
    write: { help: 'into docs/mutation.md' },
  },
})
const keep = (status: string): boolean => given.has('resume') || (given.has('again') && status !== 'survived')
const kept = readRecords().filter(({ result }) => keep(result.status))
mkdirSync(dirname(RECORDS), { recursive: true })
writeFileSync(RECORDS, kept.map((record) => `${JSON.stringify(record)}\n`).join(''))

process.chdir(ROOT)
process.env.MUTATION_SECONDS = given.text('seconds') ?? ''
const results = await new Stryker({
  mutate: [...(given.text('mutate') ?? '').split(','), '!src/*.ts', '!src/base/version.ts', '!src/**/*.d.ts'],
  testRunner: 'campaign and scenarios',
  plugins: [join(import.meta.dirname, 'runner.ts')],
  testRunnerNodeArgs: ['--no-warnings'],
  // Much of a test's time is waiting.
  concurrency: 3 * availableParallelism(),
  coverageAnalysis: 'perTest',
  // Our test runner has time limits of its own.
  timeoutMS: 24 * 3_600_000,
  timeoutFactor: 0,
  dryRunTimeoutMinutes: 60,
  // TypeScript 7 has no interface that Stryker could use.
  tsconfigFile: 'none',
  disableTypeChecks: 'src/**/*.ts',
  ignorePatterns: ['build', 'reports'],
  reporters: ['html', 'json', 'progress-append-only'],
}).runMutationTest()
const { score, modules, survivors } = report(results)
console.log(`\n${modules}\n${survivors}\n${score}`)
if (given.has('write')) writeGenerated('docs/mutation.md', { score, modules, survivors })
