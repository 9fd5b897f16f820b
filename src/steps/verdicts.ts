import type { Answer, Inconclusive } from '../github/api.ts'
import type { Jobs } from '../github/jobs.ts'
import { isOfJob } from '../github/key-name.ts'
import type { RunContext } from '../github/run-context.ts'
import type { Run } from '../github/runs.ts'
import type { OwnKey } from './own-keys.ts'

/** What is known about a key. A missing property has not been requested yet. */
export interface Facts {
  key: OwnKey
  /** The sweep's own job. */
  own: RunContext
  /** `NaN` if the creation date is unknown. */
  ageHours: number
  maxAgeHours: number
  /** The name of the key's repository, if the token sees it. */
  repository: Answer<string>
  /** The key's run. */
  run?: Answer<Run>
  /** Whether the token can read runs of that repository; requested only if the run is not found. */
  canReadRuns?: Answer<unknown>
  /** The jobs of the key's attempt; requested only if its run continues. */
  jobs?: Answer<Jobs>
}

/** What to do about a key, and why. */
export interface Verdict {
  kind: 'revoke' | Kept
  reason: string
}

/** Why a key is kept: it may be in use, it is of a repository that the token does not see, or the status is not known. */
export type Kept = 'kept' | 'unseen' | Inconclusive['kind']

/** A rule of the sweep: decides about a key if it applies; otherwise `undefined`. */
export type Rule = (facts: Facts) => Verdict | undefined

/** The token does not see the key's repository. */
function unseenRepository({ repository }: Facts): Verdict | undefined {
  if (repository.kind === 'not found') {
    return { kind: 'unseen', reason: 'the github_token does not see its repository' }
  }
  return undecided(repository)
}

/** The key is of the sweep's own job. */
function ownJob({ key, own }: Facts): Verdict | undefined {
  const { repositoryId, runId, jobId } = key.parsed
  if (isOfJob(key.name, own)) return keep("the sweep's own job")
  const isOfOwnRun = repositoryId === own.repositoryId && runId === own.runId
  return isOfOwnRun && jobId === '0' ? keep("the sweep's own run, and its name has no job ID") : undefined
}

/** The key is older than any job. */
function tooOld({ ageHours, maxAgeHours }: Facts): Verdict | undefined {
  return ageHours > maxAgeHours ? revoke(`it is older than ${maxAgeHours} hours`) : undefined
}

function completedRun({ key, run }: Facts): Verdict | undefined {
  return run?.kind === 'found' && run.value.completed && !isStale(run.value, key)
    ? revoke('its run has completed')
    : undefined
}

function laterAttempt({ key, run }: Facts): Verdict | undefined {
  return run?.kind === 'found' && run.value.attempt > attemptOf(key)
    ? revoke('its run is on a later attempt')
    : undefined
}

function completedJob({ key, jobs }: Facts): Verdict | undefined {
  return jobs?.kind === 'found' && jobs.value.get(key.parsed.jobId) ? revoke('its job has completed') : undefined
}

function runningJob({ key, run, jobs }: Facts): Verdict | undefined {
  if (run?.kind !== 'found' || isStale(run.value, key)) return undefined
  const status = `its run is ${run.value.status}`
  if (key.parsed.jobId === '0') return keep(`${status}, and its name has no job ID`)
  if (jobs?.kind === 'not found') return keep(`${status}, and GitHub has no list of its jobs`)
  if (jobs?.kind !== 'found') return undefined
  return keep(
    jobs.value.has(key.parsed.jobId) ? 'its job has not completed' : `${status}, and GitHub does not list its job`,
  )
}

function deletedRun({ canReadRuns }: Facts): Verdict | undefined {
  return canReadRuns?.kind === 'found' ? revoke('its run was deleted') : undefined
}

/** The status of the run is not available. */
function unknownStatus({ key, run, canReadRuns, jobs }: Facts): Verdict | undefined {
  if (run?.kind === 'found' && isStale(run.value, key)) {
    return { kind: 'unknown', reason: 'GitHub answered about an earlier attempt' }
  }
  if (canReadRuns?.kind === 'not found') return { kind: 'refused', reason: 'the github_token cannot read runs (404)' }
  return undecided(run) ?? undecided(canReadRuns) ?? undecided(jobs)
}

/** The rules of docs/behavior.md, *Sweep*, in its order. */
export const RULES: readonly Rule[] = [
  ...[unseenRepository, ownJob, tooOld, completedRun, laterAttempt],
  ...[completedJob, runningJob, deletedRun, unknownStatus],
]

/** Decides about a key by the first rule that applies; `undefined` if more facts are needed. */
export function judge(facts: Facts, rules: readonly Rule[] = RULES): Verdict | undefined {
  for (const rule of rules) {
    const verdict = rule(facts)
    if (verdict) return verdict
  }
  return undefined
}

/** Whether the answer is from before the key's attempt started. */
function isStale(run: Run, key: OwnKey): boolean {
  return run.attempt < attemptOf(key)
}

function attemptOf({ parsed }: OwnKey): number {
  return Number(parsed.runAttempt)
}

const keep = (reason: string): Verdict => ({ kind: 'kept', reason })
const revoke = (reason: string): Verdict => ({ kind: 'revoke', reason })

/** The verdict if the status is not known. */
function undecided(answer: Answer<unknown> | undefined): Verdict | undefined {
  return answer && 'why' in answer ? { kind: answer.kind, reason: answer.why } : undefined
}
