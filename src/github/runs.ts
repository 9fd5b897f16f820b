import type { Answer, GithubApi } from './api.ts'

/** The parts of a workflow run that the sweep needs. */
export interface Run {
  completed: boolean
  /** GitHub's status with spaces: `queued`, `in progress`, … */
  status: string
  /** The attempt that the answer is about. Answers can be stale: a later attempt may have started. */
  attempt: number
}

/** The address of a run. */
export interface RunAddress {
  /** `owner/name` */
  repository: string
  runId: string
}

/** Gets the latest attempt of a run. */
export function fetchRun(api: GithubApi, { repository, runId }: RunAddress): Promise<Answer<Run>> {
  return api.request(
    (octokit) =>
      octokit.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}', {
        ...splitName(repository),
        run_id: Number(runId),
        // They are not needed and can be many.
        exclude_pull_requests: true,
      }),
    ({ id, status, run_attempt: attempt = 1 }) =>
      String(id) === runId && status !== null && Number.isInteger(attempt)
        ? { completed: status === 'completed', status: status.replaceAll('_', ' '), attempt }
        : undefined,
  )
}

/** Lists runs of a repository, to check whether the token can read any. */
export function fetchRuns(api: GithubApi, repository: string): Promise<Answer<unknown>> {
  return api.request(
    (octokit) => octokit.request('GET /repos/{owner}/{repo}/actions/runs', { ...splitName(repository), per_page: 1 }),
    ({ workflow_runs }) => workflow_runs,
  )
}

/** Splits `owner/name` for octokit. */
export function splitName(repository: string): { owner: string; repo: string } {
  const [owner = '', repo = ''] = repository.split('/')
  return { owner, repo }
}
