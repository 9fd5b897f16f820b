// `npm run campaign`: many random lives of a key, each with faults at its requests and interruptions at any point. Ends
// with an error at the first one after which something is not as it must be, made as small as it can be.

import { parseArgs } from 'node:util'
import { writeGenerated } from '../../scripts/markdown.ts'
import { inRealProcesses, inVirtualTime, type Judge, runCampaign } from './campaign.ts'
import { report, type Statistics } from './statistics.ts'

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
const wholeNumber = (name: 'schedules' | 'processes' | 'seed'): number => {
  if (/^\d+$/.test(values[name])) return Number(values[name])
  console.error(`--${name} is '${values[name]}'; it takes a whole number.`)
  process.exit(2)
}
const seed = wholeNumber('seed')
const schedules = wholeNumber('schedules')
const processes = wholeNumber('processes')

if (values['self-test']) {
  const { finding } = await runCampaign(inVirtualTime(true), { seed, numRuns: schedules })
  console.log(finding?.report ?? `${schedules} schedules found no leak: the campaign would not see one.`)
  console.log(`Reconciliation was off, so a leak had to be found${finding ? '.' : ' and was not.'}`)
  process.exit(finding ? 0 : 1)
}

async function check(judge: Judge, numRuns: number, alone: string): Promise<Statistics> {
  const start = performance.now()
  const path = values.path === undefined ? {} : { path: values.path }
  // What a failing life in real processes can do without would take minutes to find.
  const endOnFailure = judge === inRealProcesses
  const { finding, statistics } = await runCampaign(judge, { ...path, seed, numRuns, endOnFailure })
  if (finding) {
    console.error(`${finding.report}\n\nAgain: npm run campaign -- --seed ${seed} --path ${finding.path} ${alone}`)
    process.exit(1)
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(0)
  console.log(`${statistics.outcome.schedules} schedules held, in ${seconds} s.`)
  return statistics
}

const virtual = await check(inVirtualTime(), schedules, '--processes 0')
const real = await check(inRealProcesses, processes, '--schedules 0')
const text = report(seed, virtual, real)
console.log(`\n${text}`)
if (values.write) writeGenerated('docs/reliability.md', { campaign: text })
