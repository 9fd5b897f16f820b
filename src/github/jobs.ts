import type { Answer, GithubApi } from './api.ts'
import { PAGE_SIZE, readPages } from './pages.ts'
import { type RunAddress, splitName } from './runs.ts'

/** Whether each job of an attempt has completed, by the job's ID. */
export type Jobs = ReadonlyMap<string, boolean>

/** Lists all jobs of one attempt of a run. */
export function fetchJobs(api: GithubApi, { repository, runId }: RunAddress, attempt: number): Promise<Answer<Jobs>> {
  const address = { ...splitName(repository), run_id: Number(runId), attempt_number: attempt }
  return readPages((page) =>
    api.request(
      (octokit) =>
        octokit.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs', {
          ...address,
          per_page: PAGE_SIZE,
          page,
        }),
      // A job has six statuses; only this one means that it has ended.
      ({ jobs }) => jobs.map(({ id, status }): [string, boolean] => [String(id), status === 'completed']),
    ),
  )
}
