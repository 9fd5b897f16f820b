import type { Answer, GithubApi } from './api.ts'
import { PAGE_SIZE, readPages } from './pages.ts'

/** The full name (`owner/name`) of each repository, by its ID. */
export type Repositories = ReadonlyMap<string, string>

/** Lists the repositories that a GitHub App's installation token has access to. */
export function fetchRepositories(api: GithubApi): Promise<Answer<Repositories>> {
  return readPages((page) =>
    api.request(
      (octokit) => octokit.request('GET /installation/repositories', { per_page: PAGE_SIZE, page }),
      ({ repositories }) => repositories.map(({ id, full_name }): [string, string] => [String(id), full_name]),
    ),
  )
}
