import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { MutantResult } from '@stryker-mutator/api/core'
import { table } from '../../scripts/markdown.ts'
import { EQUIVALENT } from './equivalent.ts'
import { LIVES, ROOT } from './runner.ts'

const fileOf = ({ fileName }: MutantResult): string => relative(ROOT, fileName).replaceAll('\\', '/')
const isKilled = ({ status }: MutantResult): boolean => status === 'Killed' || status === 'Timeout'
const byCampaign = ({ killedBy, statusReason = '' }: MutantResult): boolean =>
  (killedBy?.[0] ?? statusReason).startsWith(LIVES)

/** The code that a mutant replaces. */
function originalOf({ fileName, location: { start, end } }: MutantResult): string {
  const lines = readFileSync(fileName, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line)
  lines.push((lines.pop() ?? '').slice(0, end.column - 1))
  return lines.join('\n').slice(start.column - 1)
}

/** Code in one short line. */
function inShort(code: string): string {
  const line = code.replace(/\s+/g, ' ')
  return line.length > 80 ? `${line.slice(0, 60)}…${line.slice(-15)}` : line
}

/** Of the mutants that a test reaches, the share that a test notices. */
function scoreOf(mutants: MutantResult[]): string {
  const covered = mutants.filter(({ status }) => status !== 'NoCoverage')
  return covered.length === 0 ? '–' : `${((100 * covered.filter(isKilled).length) / covered.length).toFixed(1)} %`
}

function rowOf(name: string, mutants: MutantResult[]): (string | number)[] {
  const killed = mutants.filter(isKilled)
  const counts = [
    killed.filter(byCampaign).length,
    killed.filter((mutant) => !byCampaign(mutant)).length,
    mutants.filter(({ status }) => status === 'Survived').length,
    mutants.filter(({ status }) => status === 'NoCoverage').length,
  ]
  return [name, mutants.length, ...counts, scoreOf(mutants)]
}

/** The results as Markdown. */
export function report(results: MutantResult[]): { score: string; modules: string; survivors: string } {
  const byFile = [...Map.groupBy(results, fileOf)].sort(([a], [b]) => (a < b ? -1 : 1))
  const heads = ['module', 'mutants', 'killed by the campaign', 'by tests', 'survived', 'not covered', 'score']
  const modules = table(heads, [...byFile.map(([name, mutants]) => rowOf(name, mutants)), rowOf('**all**', results)])
  const left = results.filter((mutant) => !isKilled(mutant))
  const lines = left.map((mutant) => {
    const change = `${inShort(originalOf(mutant))} → ${inShort(mutant.replacement)}`
    const reason = EQUIVALENT[`${fileOf(mutant)}: ${change}`] ?? 'not explained yet'
    const uncovered = mutant.status === 'NoCoverage' ? ' (not covered)' : ''
    return `- ${fileOf(mutant)}:${mutant.location.start.line}${uncovered}: \`\` ${change} \`\`: ${reason}\n`
  })
  const killed = results.filter(isKilled).length
  const score = `Score: ${scoreOf(results)}, ${killed} of ${results.length} mutants killed; ${left.length} left.\n`
  return { score, modules, survivors: lines.sort().join('') }
}
