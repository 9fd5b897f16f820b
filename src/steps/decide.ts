import type { Inquiry } from '../github/inquiry.ts'
import { type Facts, judge, RULES, type Rule, type Verdict } from './verdicts.ts'

type Question = (facts: Facts, inquiry: Inquiry) => Promise<Partial<Facts>>

/** What is asked, in this order, as long as no rule decides. */
const QUESTIONS: readonly Question[] = [
  async (facts, inquiry) => ({ run: await inquiry.run(addressOf(facts)) }),
  async (facts, inquiry) =>
    facts.run?.kind === 'not found' ? { readsRuns: await inquiry.readsRuns(addressOf(facts)) } : {},
  async (facts, inquiry) =>
    facts.run?.kind === 'found' ? { jobs: await inquiry.jobs(addressOf(facts), facts.run.value.attempt) } : {},
]

/** Decides about a key, and asks GitHub no more than that takes. */
export async function decide(known: Facts, inquiry: Inquiry, rules: readonly Rule[] = RULES): Promise<Verdict> {
  let facts = known
  for (const ask of QUESTIONS) {
    const verdict = judge(facts, rules)
    if (verdict) return verdict
    facts = { ...facts, ...(await ask(facts, inquiry)) }
  }
  const verdict = judge(facts, rules)
  if (!verdict) throw new Error(`no rule decides about the key ${known.key.name}`)
  return verdict
}

function addressOf({ repository, key }: Facts): { repository: string; runId: string } {
  return { repository: repository.kind === 'found' ? repository.value : '', runId: key.parsed.runId }
}
