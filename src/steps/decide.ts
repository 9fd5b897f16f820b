import type { RunReader } from '../github/run-reader.ts'
import type { RunAddress } from '../github/runs.ts'
import { type Facts, judge, RULES, type Rule, type Verdict } from './verdicts.ts'

/** Decides about a key, with only the necessary requests to GitHub. */
export async function decide(known: Facts, runReader: RunReader, rules: readonly Rule[] = RULES): Promise<Verdict> {
  const early = judge(known, rules)
  if (early) return early
  const address = addressOf(known)
  const run = await runReader.run(address)
  const facts = { ...known, run }
  const verdict = judge(facts, rules) ?? judge({ ...facts, ...(await lookUpMore(facts, address, runReader)) }, rules)
  if (!verdict) throw new Error(`no rule decides about the key ${known.key.name}`)
  return verdict
}

/** The jobs of a run that continues, or whether the token can read runs. */
async function lookUpMore(
  { run }: Required<Pick<Facts, 'run'>>,
  address: RunAddress,
  runReader: RunReader,
): Promise<Partial<Facts>> {
  if (run.kind === 'found') return { jobs: await runReader.jobs(address, run.value.attempt) }
  return { canReadRuns: await runReader.canReadRuns(address) }
}

/** The address of the key's run; by then, a rule has decided about keys of an unknown repository. */
function addressOf({ repository, key }: Facts): RunAddress {
  return { repository: repository.kind === 'found' ? repository.value : '', runId: key.parsed.runId }
}
