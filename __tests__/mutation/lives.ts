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
  /** The part that found something, and what. */
  failed?: string
  finding?: string
  took: Record<string, number>
  /** How often each part reached each mutant. */
  reached: Record<string, Record<string, number>>
}

/** What Stryker's instrumented code reads and writes. */
interface Namespace {
  activeMutant?: string | undefined
  currentTestId?: string
  hitCount?: number
  hitLimit?: number | undefined
  mutantCoverage: { static: Record<string, number>; perTest: Reply['reached'] }
}
const namespace = (globalThis as unknown as { __stryker__: Namespace }).__stryker__

process.on('unhandledRejection', () => process.exit(1))
process.on('message', async ({ mutant, parts: chosen = [...parts.keys()], hitLimit }: Request) => {
  Object.assign(namespace, { activeMutant: mutant, hitCount: 0, hitLimit })
  const reply: Reply = { took: {}, reached: {} }
  for (const part of chosen) {
    namespace.currentTestId = part
    const start = performance.now()
    const { finding } = (await parts.get(part)?.()) ?? {}
    reply.took[part] = performance.now() - start
    if (finding) return void process.send?.({ ...reply, failed: part, finding: finding.report })
  }
  process.send?.({ ...reply, reached: namespace.mutantCoverage.perTest })
})
process.send?.(Object.keys(namespace.mutantCoverage.static))
