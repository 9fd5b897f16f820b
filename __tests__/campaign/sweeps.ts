import type fc from 'fast-check'
import { table } from '../../scripts/markdown.ts'
import { RULES, type Rule, type Verdict } from '../../src/steps/verdicts.ts'
import { type Finding, findViolation } from './campaign.ts'
import { liveSweep } from './sweep-life.ts'
import { rowsOf, sweepViolationsOf, TABLE } from './sweep-oracle.ts'
import { type SweepWorld, sweepWorld } from './sweep-world.ts'

/** How often each row of the table applied to a key. */
export type Rows = Record<string, number>

/** Simulates random sweeps until one breaks an invariant. */
export async function runSweeps(
  parameters: fc.Parameters<[SweepWorld]>,
  rules: readonly Rule[] = RULES,
): Promise<{ rows: Rows; finding: Finding<SweepWorld> | undefined }> {
  const rows: Rows = Object.fromEntries(TABLE.map(([row]) => [row, 0]))
  const violations = async (world: SweepWorld): Promise<string[]> => {
    const life = await liveSweep(world, rules)
    for (const { row } of rowsOf(life)) rows[row] = (rows[row] ?? 0) + 1
    return sweepViolationsOf(life)
  }
  return { rows, finding: await findViolation(sweepWorld, violations, parameters) }
}

const revoke: Verdict = { kind: 'revoke', reason: 'a careless rule' }

/** Wrong rules, tried before the real ones. */
const CARELESS: Record<string, Rule> = {
  'a stale answer is believed': ({ run }) => (run?.kind === 'found' && run.value.completed ? revoke : undefined),
  'every 404 is a deleted run': ({ run }) => (run?.kind === 'not found' ? revoke : undefined),
  'a job that is not listed is over': ({ key, run, jobs }) =>
    run && jobs?.kind === 'found' && !jobs.value.has(key.parsed.jobId) ? revoke : undefined,
}

/** The self-test: removes each rule, and adds each wrong one. */
const BROKEN_RULES: readonly (readonly [name: string, rules: readonly Rule[]])[] = [
  ...RULES.map((rule) => [`without '${rule.name}'`, RULES.filter((other) => other !== rule)] as const),
  ...Object.entries(CARELESS).map(([name, rule]) => [name, [...RULES.slice(0, 2), rule, ...RULES.slice(2)]] as const),
]

/** @returns the changes to the rules that this many sweeps did not reveal */
export async function unnoticedRules(seed: number, numRuns: number): Promise<string[]> {
  const unnoticed: string[] = []
  for (const [name, rules] of BROKEN_RULES) {
    const { finding } = await runSweeps({ seed, numRuns, endOnFailure: true }, rules)
    if (!finding) unnoticed.push(name)
  }
  return unnoticed
}

/** The result of the sweep's campaign as Markdown. */
export function reportRows(sweeps: number, rows: Rows): string {
  const counts = Object.entries(rows).map(([row, times]) => [row, times.toLocaleString('en')])
  return `${sweeps.toLocaleString('en')} sweeps.\n\n${table(['the row of the table that applied', 'keys'], counts)}`
}
