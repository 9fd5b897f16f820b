import fc from 'fast-check'
import { violationsOf, virtualViolationsOf } from './invariants.ts'
import { live } from './life.ts'
import { liveForReal } from './real-life.ts'
import { attacked, type Schedule, schedule } from './schedule.ts'
import { Statistics } from './statistics.ts'

/** Simulates one schedule. @returns the broken invariants */
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
  // __tests__/forgery.test.ts tests attackers with real processes.
  const life = await liveForReal({ ...candidate, adversary: null })
  statistics.add(life)
  return violationsOf(life)
}

/** A schedule that breaks an invariant, reduced as far as possible, and the path that repeats it. */
export interface Finding<T> {
  schedule: T
  report: string
  path: string
}

export interface CampaignResult {
  statistics: Statistics
  finding: Finding<Schedule> | undefined
}

/**
 * Simulates random schedules until one breaks an invariant.
 *
 * @param parameters the same seed gives the same schedules
 * @param allAttacked each life has an attacker; otherwise two of three
 */
export async function runCampaign(
  judge: Judge,
  parameters: fc.Parameters<[Schedule]>,
  allAttacked = false,
): Promise<CampaignResult> {
  const statistics = new Statistics()
  const chance = allAttacked ? attacked : schedule
  const finding = await findViolation(chance, (candidate) => judge(candidate, statistics), parameters)
  return { statistics, finding }
}

/** Looks for a violation in random values. */
export async function findViolation<T>(
  chance: fc.Arbitrary<T>,
  violations: (candidate: T) => Promise<string[]>,
  parameters: fc.Parameters<[T]>,
): Promise<Finding<T> | undefined> {
  const holds = fc.asyncProperty(chance, async (candidate) => {
    const found = await violations(candidate)
    if (found.length > 0) throw new Error(found.join('\n'))
  })
  const details = await fc.check(holds, { ...parameters, includeErrorInReport: true })
  if (details.counterexample === null) return undefined
  const [smallest] = details.counterexample
  return { schedule: smallest, report: fc.defaultReportMessage(details) ?? '', path: details.counterexamplePath ?? '' }
}
