import type { RunReader } from '../github/run-reader.ts'
import { type Facts, judge, RULES, type Rule, type Verdict } from './verdicts.ts'

type Lookup = (facts: Facts, runReader: RunReader) => Promise<Partial<Facts>>

/** The requests, in this order, until a rule decides. */
const LOOKUPS: readonly Lookup[] = [
  async (facts, runReader) => ({ run: await runReader.run(addressOf(facts)) }),
  async (facts, runReader) =>
    facts.run?.kind === 'not found' ? { canReadRuns: await runReader.canReadRuns(addressOf(facts)) } : {},
  async (facts, runReader) =>
    facts.run?.kind === 'found' ? { jobs: await runReader.jobs(addressOf(facts), facts.run.value.attempt) } : {},
]

/** Decides about a key, with only the necessary requests to GitHub. */
export async function decide(known: Facts, runReader: RunReader, rules: readonly Rule[] = RULES): Promise<Verdict> {
  let facts = known
  for (const lookUp of LOOKUPS) {
    const verdict = judge(facts, rules)
    if (verdict) return verdict
    facts = { ...facts, ...(await lookUp(facts, runReader)) }
  }
  const verdict = judge(facts, rules)
  if (!verdict) throw new Error(`no rule decides about the key ${known.key.name}`)
  return verdict
}

function addressOf({ repository, key }: Facts): { repository: string; runId: string } {
  return { repository: repository.kind === 'found' ? repository.value : '', runId: key.parsed.runId }
}
