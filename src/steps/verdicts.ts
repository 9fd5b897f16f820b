import type { Answer, Inconclusive } from '../github/api.ts'
import type { Jobs } from '../github/jobs.ts'
import { isOfJob, type RunContext } from '../github/run-context.ts'
import type { Run } from '../github/runs.ts'
import type { OwnKey } from './own-keys.ts'

/** What is known about a key. What is left out has not been asked yet. */
export interface Facts {
  key: OwnKey
  /** The sweep's own job. */
  own: RunContext
  /** Not a number where Neon's date cannot be read. */
  ageHours: number
  maxAgeHours: number
  /** The name of the key's repository, as far as the token sees it. */
  repository: Answer<string>
  /** The key's run. */
  run?: Answer<Run>
  /** Whether the token is seen to read runs of that repository; asked where the run is not found. */
  readsRuns?: Answer<unknown>
  /** The jobs of the key's attempt; asked where its run goes on. */
  jobs?: Answer<Jobs>
}

/** What to do about a key, and why. */
export interface Verdict {
  kind: 'revoke' | Kept
  reason: string
}

/** Why a key is kept: it may be in use, it is of a repository that the token does not see, or GitHub did not tell. */
export type Kept = 'kept' | 'unseen' | Inconclusive['kind']

/** A rule of the sweep. */
export interface Rule {
  name: string
  /** Decides about a key where the rule applies to what is known about it. */
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
      const goesOn = `its run is ${run.value.status}`
      if (key.parsed.jobId === '0') return keep(`${goesOn}, and its name has no job ID`)
      if (jobs?.kind === 'not found') return keep(`${goesOn}, and GitHub has no list of its jobs`)
      if (jobs?.kind !== 'found') return undefined
      return keep(
        jobs.value.has(key.parsed.jobId) ? 'its job has not completed' : `${goesOn}, and GitHub does not list its job`,
      )
    },
  },
  {
    name: 'its run was deleted',
    decide: ({ run, readsRuns }) =>
      run?.kind === 'not found' && readsRuns?.kind === 'found' ? revoke('its run was deleted') : undefined,
  },
  {
    name: "the run's status is not available",
    decide({ key, run, readsRuns, jobs }) {
      if (run?.kind === 'found' && isStale(run.value, key)) {
        return { kind: 'unknown', reason: 'GitHub answered about an earlier attempt' }
      }
      if (readsRuns?.kind === 'not found') return { kind: 'refused', reason: 'the github_token cannot read runs (404)' }
      return undecided(run) ?? undecided(readsRuns) ?? undecided(jobs)
    },
  },
]

/** Decides about a key by the first rule that applies; `undefined`: more has to be asked. */
export function judge(facts: Facts, rules: readonly Rule[] = RULES): Verdict | undefined {
  for (const { decide } of rules) {
    const verdict = decide(facts)
    if (verdict) return verdict
  }
  return undefined
}

/** Whether the answer was given before the key's attempt began. */
function isStale(run: Run, key: OwnKey): boolean {
  return run.attempt < attemptOf(key)
}

function attemptOf({ parsed }: OwnKey): number {
  return Number(parsed.runAttempt)
}

const keep = (reason: string): Verdict => ({ kind: 'kept', reason })
const revoke = (reason: string): Verdict => ({ kind: 'revoke', reason })

/** The verdict where GitHub has not told. */
function undecided(answer: Answer<unknown> | undefined): Verdict | undefined {
  return answer && 'why' in answer ? { kind: answer.kind, reason: answer.why } : undefined
}
