import type { Answer, GithubApi } from './api.ts'
import { fetchJobs, type Jobs } from './jobs.ts'
import { fetchRun, fetchRuns, type Run, type RunAddress } from './runs.ts'

/** Reads runs from GitHub: sends each request once, and none about a repository to which GitHub has denied access. */
export class RunReader {
  readonly #api: GithubApi
  readonly #ownRun: RunAddress | undefined
  readonly #answers = new Map<string, Promise<Answer<unknown>>>()
  readonly #refusals = new Map<string, Answer<never>>()

  /** @param ownRun the run that tests the token, if it is a token of only that repository */
  constructor(api: GithubApi, ownRun: RunAddress | undefined) {
    this.#api = api
    this.#ownRun = ownRun
  }

  run(address: RunAddress): Promise<Answer<Run>> {
    return this.#once('run', address, () => fetchRun(this.#api, address))
  }

  jobs(address: RunAddress, attempt: number): Promise<Answer<Jobs>> {
    return this.#once('jobs', address, () => fetchJobs(this.#api, address, attempt))
  }

  /** Whether the token can read runs: one that cannot gets a 404 for every run, as if all were deleted. */
  async canReadRuns({ repository }: RunAddress): Promise<Answer<unknown>> {
    if (this.#ownRun) return this.run(this.#ownRun)
    return this.#once('runs', { repository, runId: '' }, () => fetchRuns(this.#api, repository))
  }

  async #once<T>(what: string, { repository, runId }: RunAddress, send: () => Promise<Answer<T>>): Promise<Answer<T>> {
    const refusal = this.#refusals.get(repository)
    if (refusal) return refusal
    const request = `${what} ${repository} ${runId}`
    const sent = this.#answers.get(request) as Promise<Answer<T>> | undefined
    const answer = sent ?? send()
    this.#answers.set(request, answer)
    const answered = await answer
    if (answered.kind === 'refused') this.#refusals.set(repository, answered)
    return answered
  }
}
