// Runs parts of the campaign in virtual time, with one mutant after another active. The parent sends { mutant, parts }.

import { inVirtualTime, runCampaign } from '../campaign/campaign.ts'
import { runSweeps } from '../campaign/sweeps.ts'

const PARTS = 10
/** Each returns what it found, if anything. */
const parts = new Map<string, () => Promise<{ finding: { report: string } | undefined }>>()
for (let seed = 1; seed <= PARTS; seed++) {
  parts.set(`lives ${seed}`, () => runCampaign(inVirtualTime(), { numRuns: 10, seed, endOnFailure: true }))
  parts.set(`sweeps ${seed}`, () => runSweeps({ numRuns: 10, seed, endOnFailure: true }))
}

/** The parent's request: which mutant is active, and which parts to run; all of them without one. */
export interface Request {
  mutant?: string
  parts?: string[]
  hitLimit?: number | undefined
}
export interface Reply {
  /** For each part that ran, the milliseconds, and how often it reached each mutant. */
  parts: Record<string, { took: number; reached: Record<string, number> }>
  /** The part that found something, and what. */
  failed?: string
  finding?: string
}

/** What Stryker's code reads and writes. */
interface Namespace {
  activeMutant?: string | undefined
  currentTestId?: string
  hitCount?: number
  hitLimit?: number | undefined
  mutantCoverage: { static: Record<string, number>; perTest: Record<string, Record<string, number>> }
}
const namespace = (globalThis as unknown as { __stryker__: Namespace }).__stryker__

process.on('unhandledRejection', () => process.exit(1))
process.on('message', async ({ mutant, parts: chosen = [...parts.keys()], hitLimit }: Request) => {
  Object.assign(namespace, { activeMutant: mutant, hitCount: 0, hitLimit })
  const reply: Reply = { parts: {} }
  for (const part of chosen) {
    namespace.currentTestId = part
    const start = performance.now()
    const { finding } = (await parts.get(part)?.()) ?? {}
    reply.parts[part] = { took: performance.now() - start, reached: namespace.mutantCoverage.perTest[part] ?? {} }
    if (finding) return void process.send?.({ ...reply, failed: part, finding: finding.report })
  }
  process.send?.(reply)
})
process.send?.(Object.keys(namespace.mutantCoverage.static))
