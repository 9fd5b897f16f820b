import type { Answer, GithubApi } from './api.ts'

/** A workflow run, as far as the sweep needs it. */
export interface Run {
  completed: boolean
  /** GitHub's word in plain text: `queued`, `in progress`, … */
  status: string
  /** The attempt that this is about. Answers can be stale: a later attempt may have begun. */
  attempt: number
}

/** Where a run is. */
export interface RunAddress {
  /** `owner/name` */
  repository: string
  runId: string
}

/** Asks about a run: its latest attempt. */
export function askForRun(api: GithubApi, { repository, runId }: RunAddress): Promise<Answer<Run>> {
  return api.ask(
    (octokit) =>
      octokit.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}', {
        ...splitName(repository),
        run_id: Number(runId),
        // They are of no interest and can be many.
        exclude_pull_requests: true,
      }),
    ({ id, status, run_attempt: attempt = 1 }) =>
      String(id) === runId && status !== null && Number.isInteger(attempt)
        ? { completed: status === 'completed', status: status.replaceAll('_', ' '), attempt }
        : undefined,
  )
}

/** Asks whether the token can read a repository's runs: any other than the one that was not found. */
export function askForRuns(api: GithubApi, repository: string): Promise<Answer<unknown>> {
  return api.ask(
    (octokit) => octokit.request('GET /repos/{owner}/{repo}/actions/runs', { ...splitName(repository), per_page: 1 }),
    ({ workflow_runs }) => workflow_runs,
  )
}

/** `owner/name` as octokit takes it. */
export function splitName(repository: string): { owner: string; repo: string } {
  const [owner = '', repo = ''] = repository.split('/')
  return { owner, repo }
}
