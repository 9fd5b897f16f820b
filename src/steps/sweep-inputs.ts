import { InputError } from '../base/errors.ts'
import { isSendable } from '../neon/api-key.ts'
import type { RequestedScope } from '../neon/scope.ts'
import { type InputReader, readApiHost, readJobId, readScope, readUsableApiKey } from './inputs.ts'

/** Everything that the author of a workflow can configure about a sweep. */
export interface SweepInputs {
  apiKey: string
  scope: RequestedScope
  /** The sweep's own job; `0` if the runner does not provide it. */
  jobId: string
  apiHost: string
  githubToken: string
  /** Whether to sweep the keys of every repository that the token sees, not only of this one. */
  allRepositories: boolean
  maxAgeHours: number
  dryRun: boolean
}

/** 5 days, the maximum duration of a job (https://docs.github.com/actions/reference/limits), plus an hour. */
const DEFAULT_MAX_AGE_HOURS = '121'

/**
 * Reads and checks every input; masks both credentials before anything else.
 *
 * @throws {InputError} for the first input that cannot be used
 */
export function readSweepInputs(runner: InputReader): SweepInputs {
  const githubToken = runner.input('github_token')
  runner.mask(githubToken)
  const apiKey = readUsableApiKey(runner)
  if (githubToken === '') {
    throw new InputError('The github_token input is empty. Omit it to use the token of the job.')
  }
  if (!isSendable(githubToken)) {
    throw new InputError(
      'The github_token input contains white space, line breaks or characters that no token has. Store only the token in the secret, on one line.',
    )
  }
  return {
    apiKey,
    githubToken,
    scope: readScope(runner),
    jobId: readJobId(runner),
    apiHost: readApiHost(runner),
    allRepositories: readRepositories(runner) === 'all',
    maxAgeHours: readMaxAge(runner),
    dryRun: readBoolean(runner, 'dry_run'),
  }
}

function readRepositories(runner: InputReader): 'this' | 'all' {
  const value = runner.input('repositories') || 'this'
  if (value !== 'this' && value !== 'all') {
    throw new InputError(`The repositories input is '${value}'; it can be 'this' or 'all'.`)
  }
  return value
}

function readMaxAge(runner: InputReader): number {
  const value = runner.input('max_age_hours') || DEFAULT_MAX_AGE_HOURS
  const hours = Number(value)
  if (!/^\d+(\.\d+)?$/.test(value) || hours <= 0) {
    throw new InputError(`The max_age_hours input is '${value}'; it must be a number of hours above 0, such as 121.`)
  }
  return hours
}

/** The spellings of YAML 1.2, like `core.getBooleanInput`. */
function readBoolean(runner: InputReader, name: 'dry_run'): boolean {
  const value = runner.input(name) || 'false'
  if (!/^(?:true|True|TRUE|false|False|FALSE)$/.test(value)) {
    throw new InputError(`The ${name} input is '${value}'; it can be 'true' or 'false'.`)
  }
  return value.toLowerCase() === 'true'
}
