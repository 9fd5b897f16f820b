import type { Answer, GithubApi } from './api.ts'
import { askForJobs, type Jobs } from './jobs.ts'
import { askForRun, askForRuns, type Run, type RunAddress } from './runs.ts'

/** Asks GitHub about runs: each question once, and no further one about a repository that it refuses to tell about. */
export class Inquiry {
  readonly #api: GithubApi
  readonly #ownRun: RunAddress | undefined
  readonly #answers = new Map<string, Promise<Answer<unknown>>>()
  readonly #refusals = new Map<string, Answer<never>>()

  /** @param ownRun the run by which the token is tested, where it is a token of that repository alone */
  constructor(api: GithubApi, ownRun: RunAddress | undefined) {
    this.#api = api
    this.#ownRun = ownRun
  }

  run(address: RunAddress): Promise<Answer<Run>> {
    return this.#once('run', address, () => askForRun(this.#api, address))
  }

  jobs(address: RunAddress, attempt: number): Promise<Answer<Jobs>> {
    return this.#once('jobs', address, () => askForJobs(this.#api, address, attempt))
  }

  /** Whether the token is seen to read runs: one that may not is answered 404 for every run, as if all were deleted. */
  async readsRuns({ repository }: RunAddress): Promise<Answer<unknown>> {
    if (this.#ownRun) return this.run(this.#ownRun)
    return this.#once('runs', { repository, runId: '' }, () => askForRuns(this.#api, repository))
  }

  async #once<T>(what: string, { repository, runId }: RunAddress, ask: () => Promise<Answer<T>>): Promise<Answer<T>> {
    const refusal = this.#refusals.get(repository)
    if (refusal) return refusal
    const question = `${what} ${repository} ${runId}`
    const asked = this.#answers.get(question) as Promise<Answer<T>> | undefined
    const answer = asked ?? ask()
    this.#answers.set(question, answer)
    const answered = await answer
    if (answered.kind === 'refused') this.#refusals.set(repository, answered)
    return answered
  }
}
