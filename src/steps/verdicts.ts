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
  /** Whether the token can read runs of that repository; requested if the run is not found. */
  canReadRuns?: Answer<unknown>
  /** The jobs of the key's attempt; requested if its run continues. */
  jobs?: Answer<Jobs>
}

/** What to do about a key, and why. */
export interface Verdict {
  kind: 'revoke' | Kept
  reason: string
}

/** Why a key is kept: it may be in use, it is of a repository that the token does not see, or the status is not known. */
export type Kept = 'kept' | 'unseen' | Inconclusive['kind']

/** A rule of the sweep. */
export interface Rule {
  name: string
  /** Decides about a key if the rule applies; otherwise `undefined`. */
  decide: (facts: Facts) => Verdict | undefined
}

/** The rules of docs/behavior.md, *Sweep*, in its order. */
export const RULES: readonly Rule[] = [
  {
    name: 'the token does not see its repository',
    decide({ repository }) {
      if (repository.kind === 'not found') {
        return { kind: 'unseen', reason: 'the github_token does not see its repository' }
      }
      return undecided(repository)
    },
  },
  {
    name: "it is of the sweep's own job",
    decide({ key, own }) {
      const { repositoryId, runId, jobId } = key.parsed
      if (isOfJob(key.name, own)) return keep("the sweep's own job")
      const isOfOwnRun = repositoryId === own.repositoryId && runId === own.runId
      return isOfOwnRun && jobId === '0' ? keep("the sweep's own run, and its name has no job ID") : undefined
    },
  },
  {
    name: 'it is older than any job',
    decide: ({ ageHours, maxAgeHours }) =>
      ageHours > maxAgeHours ? revoke(`it is older than ${maxAgeHours} hours`) : undefined,
  },
  {
    name: 'its run has completed',
    decide: ({ key, run }) =>
      run?.kind === 'found' && run.value.completed && !isStale(run.value, key)
        ? revoke('its run has completed')
        : undefined,
  },
  {
    name: 'its run is on a later attempt',
    decide: ({ key, run }) =>
      run?.kind === 'found' && run.value.attempt > attemptOf(key) ? revoke('its run is on a later attempt') : undefined,
  },
  {
    name: 'its job has completed',
    decide: ({ key, run, jobs }) =>
      run && jobs?.kind === 'found' && jobs.value.get(key.parsed.jobId) ? revoke('its job has completed') : undefined,
  },
  {
    name: 'its job may still be running',
    decide({ key, run, jobs }) {
      if (run?.kind !== 'found' || isStale(run.value, key)) return undefined
      const status = `its run is ${run.value.status}`
      if (key.parsed.jobId === '0') return keep(`${status}, and its name has no job ID`)
      if (jobs?.kind === 'not found') return keep(`${status}, and GitHub has no list of its jobs`)
      if (jobs?.kind !== 'found') return undefined
      return keep(
        jobs.value.has(key.parsed.jobId) ? 'its job has not completed' : `${status}, and GitHub does not list its job`,
      )
    },
  },
  {
    name: 'its run was deleted',
    decide: ({ run, canReadRuns }) =>
      run?.kind === 'not found' && canReadRuns?.kind === 'found' ? revoke('its run was deleted') : undefined,
  },
  {
    name: "the run's status is not available",
    decide({ key, run, canReadRuns, jobs }) {
      if (run?.kind === 'found' && isStale(run.value, key)) {
        return { kind: 'unknown', reason: 'GitHub answered about an earlier attempt' }
      }
      if (canReadRuns?.kind === 'not found')
        return { kind: 'refused', reason: 'the github_token cannot read runs (404)' }
      return undecided(run) ?? undecided(canReadRuns) ?? undecided(jobs)
    },
  },
]

/** Decides about a key by the first rule that applies; `undefined` if more facts are needed. */
export function judge(facts: Facts, rules: readonly Rule[] = RULES): Verdict | undefined {
  for (const { decide } of rules) {
    const verdict = decide(facts)
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
