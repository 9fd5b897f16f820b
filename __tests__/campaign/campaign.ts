import fc from 'fast-check'
import { violationsOf, virtualViolationsOf } from './invariants.ts'
import { live } from './life.ts'
import { liveForReal } from './real-life.ts'
import { type Schedule, schedule } from './schedule.ts'
import { Statistics } from './statistics.ts'

/** Lives through one schedule. @returns what was not as it must be */
export type Judge = (candidate: Schedule, statistics: Statistics) => Promise<string[]>

/** @param blind the self-test: reconciliation is switched off, so leaks must be found */
export const inVirtualTime =
  (blind = false): Judge =>
  async (candidate, statistics) => {
    const life = await live(candidate, blind)
    statistics.add(life, [...life.hit.main, ...life.hit.post])
    return virtualViolationsOf(life)
  }

export const inRealProcesses: Judge = async (candidate, statistics) => {
  // Attackers have real processes in __tests__/forgery.test.ts.
  const life = await liveForReal({ ...candidate, adversary: null })
  statistics.add(life)
  return violationsOf(life)
}

export interface CampaignResult {
  statistics: Statistics
  /** The first schedule that broke an invariant, as small as it could be made, and where to find it again. */
  finding: { schedule: Schedule; report: string; path: string } | undefined
}

/**
 * Lives through many random schedules, up to the first one that breaks an invariant.
 *
 * @param parameters the same seed makes the same schedules
 */
export async function runCampaign(judge: Judge, parameters: fc.Parameters<[Schedule]>): Promise<CampaignResult> {
  const statistics = new Statistics()
  const holds = fc.asyncProperty(schedule, async (candidate) => {
    const violations = await judge(candidate, statistics)
    if (violations.length > 0) throw new Error(violations.join('\n'))
  })
  const details = await fc.check(holds, { ...parameters, includeErrorInReport: true })
  const [smallest] = details.counterexample ?? []
  const report = fc.defaultReportMessage(details) ?? ''
  const path = details.counterexamplePath ?? ''
  return { statistics, finding: smallest && { schedule: smallest, report, path } }
}
