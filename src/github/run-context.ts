import { RunnerError } from '../base/errors.ts'
import { canKeepIds, parseKeepingIds } from '../base/json.ts'

/** The current job and run, from the runner's variables. */
export interface RunContext {
  serverUrl: string
  repositoryId: string
  repositoryName: string
  runId: string
  runAttempt: string
  /** The job's ID in GitHub's REST API; `0` if the runner does not provide it. */
  jobId: string
  /** The job's name in the workflow file. */
  jobName: string
}

/** What a runner provides about a job. */
export interface RunnerFacts {
  environment: Readonly<NodeJS.ProcessEnv>
  /** The text of the event file, or an empty string; read only if a variable is missing. */
  event: () => string
}

/**
 * Reads GitHub's default variables. Forgejo, Gitea and act do not set `GITHUB_REPOSITORY_ID`, but their event file has it.
 *
 * @param jobId the job's ID, which no variable contains
 * @throws {RunnerError} if a variable for the key's name is missing or malformed, or the runner's Node is too old
 * @see https://docs.github.com/actions/reference/workflows-and-actions/variables
 */
export function readRunContext({ environment, event }: RunnerFacts, jobId: string): RunContext {
  const number = (name: string, value = environment[name] ?? ''): string => {
    if (!/^[1-9]\d*$/.test(value)) {
      throw new RunnerError(
        `${name} is '${value}', not a number. The key is named after the run, so this action needs a runner that sets it (GitHub's runner does; with act, pass --env ${name}=1, or an event file with repository.id).`,
      )
    }
    return value
  }
  if (!canKeepIds()) {
    throw new RunnerError(
      `This runner runs actions with Node ${process.versions.node}, but this action needs Node 24. Update the runner to 2.327.1 or newer; with act, put Node 24 on the PATH.`,
    )
  }
  const serverUrl = environment.GITHUB_SERVER_URL || 'https://github.com'
  if (!URL.canParse(serverUrl)) throw new RunnerError(`GITHUB_SERVER_URL is '${serverUrl}', not a URL.`)
  return {
    serverUrl,
    repositoryId: number('GITHUB_REPOSITORY_ID', environment.GITHUB_REPOSITORY_ID || repositoryIdOf(event())),
    repositoryName: environment.GITHUB_REPOSITORY?.split('/')[1] ?? '',
    runId: number('GITHUB_RUN_ID'),
    runAttempt: number('GITHUB_RUN_ATTEMPT'),
    jobId,
    jobName: environment.GITHUB_JOB ?? '',
  }
}

/** `repository.id` of the event; empty if it has none. */
function repositoryIdOf(event: string): string {
  const payload = parseKeepingIds(event) as { repository?: { id?: unknown } | null } | null | undefined
  return String(payload?.repository?.id ?? '')
}
