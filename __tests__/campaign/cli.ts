// `npm run campaign`: many random lives of a key, each with faults at its requests and interruptions at any point. Ends
// with an error at the first one after which something is not as it must be, made as small as it can be.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { runCampaign } from './campaign.ts'
import { liveForReal, realSchedule } from './real-life.ts'
import { type RealStatistics, report } from './report.ts'

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '20000' },
    processes: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    path: { type: 'string' },
    'self-test': { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const [schedules, processes, seed] = [values.schedules, values.processes, values.seed].map(Number) as [
  number,
  number,
  number,
]
if ([schedules, processes, seed].some((value) => !Number.isInteger(value) || value < 0)) {
  console.error('--schedules, --processes and --seed take whole numbers.')
  process.exit(2)
}

const started = performance.now()
const { statistics, finding } = await runCampaign({
  schedules,
  seed,
  blind: values['self-test'],
  ...(values.path !== undefined && { path: values.path }),
  onProgress: (done) => process.stderr.isTTY && process.stderr.write(`\r${done} of ${schedules} schedules`),
})
const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(0)} s`

if (values['self-test']) {
  if (!finding) {
    console.error(`Reconciliation was off, and ${schedules} schedules found no leak: the campaign would not see one.`)
    process.exit(1)
  }
  console.log(`Reconciliation was off; a leak was found after ${finding.after} schedules, as it has to be:`)
  console.log(finding.violations.join('\n'))
  process.exit(0)
}
if (finding) {
  console.error(`After ${finding.after} schedules, in ${seconds()}:\n`)
  console.error(JSON.stringify(finding.schedule, null, 2))
  console.error(`\n${finding.violations.join('\n')}\n`)
  console.error(`Again: npm run campaign -- --seed ${finding.seed} --path ${finding.path}`)
  process.exit(1)
}
console.log(`${statistics.schedules} schedules in virtual time held, in ${seconds()}.`)

const real: RealStatistics = { schedules: 0, keysMade: 0, told: 0, untold: 0 }
for (const schedule of fc.sample(realSchedule, { seed, numRuns: processes })) {
  const life = await liveForReal(schedule)
  real.schedules += 1
  real.keysMade += life.keysMade
  real.told += life.told
  real.untold += life.untold
  if (life.violations.length > 0) {
    console.error(`${JSON.stringify(schedule, null, 2)}\n\n${life.violations.join('\n')}\n`)
    console.error(`Again: npm run campaign -- --schedules 0 --processes ${real.schedules} --seed ${seed}`)
    process.exit(1)
  }
}
console.log(`${real.schedules} schedules in real processes held, in ${seconds()}.\n`)

const text = report(seed, statistics, real)
console.log(text)
if (values.write) {
  const file = join(import.meta.dirname, '..', '..', 'docs', 'reliability.md')
  const marker = '<!-- campaign -->\n'
  const [before = ''] = readFileSync(file, 'utf8').split(marker)
  writeFileSync(file, before + marker + text)
}
