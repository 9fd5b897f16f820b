// `npm run campaign`: many random lives of a key, each with faults at its requests and interruptions at any point. Ends
// with an error at the first one after which something is not as it must be, made as small as it can be.

import { registerHooks } from 'node:module'
import { onInterrupt, readCommand } from '../../scripts/command.ts'
import { writeGenerated } from '../../scripts/markdown.ts'
import type { Judge } from './campaign.ts'
import type { Statistics } from './statistics.ts'

const given = readCommand({
  usage: 'npm run campaign --',
  does: 'Random lives of a key with faults; ends with an error where one leaves something behind. docs/reliability.md explains it.',
  flags: {
    schedules: { value: 'NUMBER', default: '20000', whole: 0, help: 'lives in virtual time' },
    processes: { value: 'NUMBER', default: '200', whole: 0, help: 'lives in real processes' },
    sweeps: { value: 'NUMBER', default: '20000', whole: 0, help: 'sweeps in virtual time' },
    seed: { value: 'NUMBER', whole: 0, help: 'repeats the schedules of an earlier campaign; random unless told' },
    path: { value: 'PATH', help: 'the schedule that an earlier campaign found' },
    'self-test': { help: 'with a leak built in, which has to be found: lists are empty' },
    'without-seal': { help: 'the same: post believes a record whatever its seal' },
    write: { help: 'into docs/reliability.md' },
  },
})
onInterrupt(() => {})
const found = given.text('path')
const path = found === undefined ? {} : { path: found }
const seed = given.text('seed') === undefined ? Date.now() % 2 ** 31 : given.number('seed')
const [schedules, processes, sweeps] = [given.number('schedules'), given.number('processes'), given.number('sweeps')]

if (given.has('without-seal')) {
  registerHooks({
    load(url, context, next) {
      const module = next(url, context)
      if (!url.endsWith('/src/steps/seal.ts')) return module
      const check = /return given\.length .*/
      const source = String(module.source)
      if (!check.test(source)) throw new Error('The check of the seal is not where it was.')
      return { ...module, source: source.replace(check, 'return text') }
    },
  })
}
// Not before the hook.
const { inRealProcesses, inVirtualTime, runCampaign } = await import('./campaign.ts')
const { report } = await import('./statistics.ts')
const { reportRows, runSweeps, unnoticedRules } = await import('./sweeps.ts')

if (given.has('self-test') || given.has('without-seal')) {
  const { finding } = await runCampaign(inVirtualTime(given.has('self-test')), { seed, numRuns: schedules })
  console.log(finding?.report ?? `${schedules} schedules found no leak: the campaign would not see one.`)
  console.log(`A check was off, so a leak had to be found${finding ? '.' : ' and was not.'}`)
  const unnoticed = given.has('self-test') ? await unnoticedRules(seed, sweeps) : []
  for (const rule of unnoticed) console.log(`A sweep without this rule was not found: ${rule}`)
  process.exit(finding && unnoticed.length === 0 ? 0 : 1)
}

async function check(judge: Judge, numRuns: number, alone: string): Promise<Statistics> {
  const start = performance.now()
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

async function checkSweeps(): Promise<string> {
  const { rows, finding } = await runSweeps({ ...path, seed, numRuns: sweeps })
  if (!finding) return reportRows(sweeps, rows)
  const alone = `--path ${finding.path} --schedules 0 --processes 0`
  console.error(`${finding.report}\n\nAgain: npm run campaign -- --seed ${seed} ${alone}`)
  process.exit(1)
}

const ofSweeps = await checkSweeps()
const virtual = await check(inVirtualTime(), schedules, '--processes 0 --sweeps 0')
const real = await check(inRealProcesses, processes, '--schedules 0 --sweeps 0')
const text = report(seed, virtual, real)
console.log(`\n${text}\n${ofSweeps}`)
if (given.has('write')) writeGenerated('docs/reliability.md', { campaign: text, sweeps: ofSweeps })
