import fc from 'fast-check'
import { violationsOf } from './invariants.ts'
import { live } from './life.ts'
import { type Schedule, schedule } from './schedule.ts'
import { Statistics } from './statistics.ts'

export interface CampaignOptions {
  schedules: number
  /** Chance itself; the same seed makes the same schedules. */
  seed: number
  /** Where a failing schedule was found, to go straight there. */
  path?: string
  /** The self-test: reconciliation is switched off, so leaks must be found. */
  blind?: boolean
  /** Told now and then how far the campaign is. */
  onProgress?: (done: number) => void
}

/** A schedule after which something was not as it must be, as small as it could be made. */
export interface Finding {
  schedule: Schedule
  violations: string[]
  seed: number
  path: string
  /** How many schedules it took. */
  after: number
}

export interface CampaignResult {
  statistics: Statistics
  finding: Finding | undefined
}

/** Lives through many random schedules in virtual time, and shrinks the first one that breaks an invariant. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { schedules, seed, path, blind = false, onProgress } = options
  const statistics = new Statistics()
  const holds = fc.asyncProperty(schedule, async (candidate) => {
    const life = await live(candidate, { blind })
    statistics.add(life)
    if (statistics.schedules % 1000 === 0) onProgress?.(statistics.schedules)
    return violationsOf(life).length === 0
  })
  const result = await fc.check(holds, { numRuns: schedules, seed, ...(path !== undefined && { path }) })
  if (!result.failed) return { statistics, finding: undefined }
  const [counterexample] = result.counterexample as [Schedule]
  const violations = violationsOf(await live(counterexample, { blind }))
  const finding = {
    schedule: counterexample,
    violations,
    seed: result.seed,
    path: result.counterexamplePath ?? '',
    after: result.numRuns,
  }
  return { statistics, finding }
}
