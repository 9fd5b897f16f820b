// `npm run campaign`: random lives of a key, each with faults at its requests and interruptions at any point. Fails at
// the first life that breaks an invariant, and reduces it as far as possible.

import { registerHooks } from 'node:module'
import { onInterrupt, readCommand } from '../../scripts/command.ts'
import { writeGenerated } from '../../scripts/markdown.ts'
import type { Judge } from './campaign.ts'
import type { Statistics } from './statistics.ts'

const given = readCommand({
  usage: 'npm run campaign --',
  does: 'Simulates random lives of a key; fails if one breaks an invariant. docs/reliability.md explains it.',
  flags: {
    schedules: { value: 'NUMBER', default: '20000', whole: 0, help: 'lives in virtual time' },
    processes: { value: 'NUMBER', default: '200', whole: 0, help: 'lives in real processes' },
    sweeps: { value: 'NUMBER', default: '20000', whole: 0, help: 'sweeps in virtual time' },
    seed: { value: 'NUMBER', whole: 0, help: 'repeat the schedules of an earlier campaign; random by default' },
    attacked: { help: 'each life in virtual time has an attacker' },
    path: { value: 'PATH', help: 'the schedule that an earlier campaign found' },
    'self-test': { help: 'build in a leak (lists are empty), which the campaign must find' },
    'without-seal': { help: 'build in another leak: post accepts a record with any seal' },
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
      if (!check.test(source)) throw new Error('src/steps/seal.ts no longer checks the seal as expected here.')
      return { ...module, source: source.replace(check, 'return text') }
    },
  })
}
// Imported after the hook is registered, so that the hook applies.
const { inRealProcesses, inVirtualTime, runCampaign } = await import('./campaign.ts')
const { report } = await import('./statistics.ts')
const { reportRows, runSweeps, unnoticedRules } = await import('./sweeps.ts')

if (given.has('self-test') || given.has('without-seal')) {
  const { finding } = await runCampaign(inVirtualTime(given.has('self-test')), { seed, numRuns: schedules })
  console.log(finding?.report ?? `${schedules} schedules found no leak: the campaign does not notice one.`)
  console.log(`A check was off, so the campaign had to find a leak${finding ? '.' : ', but did not.'}`)
  const unnoticed = given.has('self-test') ? await unnoticedRules(seed, sweeps) : []
  for (const rule of unnoticed) console.log(`The campaign did not notice a sweep with this change: ${rule}`)
  process.exit(finding && unnoticed.length === 0 ? 0 : 1)
}

async function check(judge: Judge, numRuns: number, alone: string): Promise<Statistics> {
  const start = performance.now()
  // Reducing a failing life in real processes would take minutes.
  const endOnFailure = judge === inRealProcesses
  const allAttacked = given.has('attacked') && !endOnFailure
  const { finding, statistics } = await runCampaign(judge, { ...path, seed, numRuns, endOnFailure }, allAttacked)
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
