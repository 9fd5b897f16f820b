import { InputError } from '../base/errors.ts'
import { isLoopback } from '../base/loopback.ts'
import type { Runner } from '../github/runner.ts'
import { canBeApiKey } from '../neon/api-key.ts'
import { NEON_ID, type RequestedScope } from '../neon/scope.ts'

/** Neon's API; the default of `api_host`. */
export const NEON_API_HOST = 'https://console.neon.tech/api/v2'

/** What the post step does if the key may still be alive. */
export type OnRevokeFailure = 'fail' | 'warn'

/** The inputs that say where the keys of this job are. */
export interface TargetInputs {
  scope: RequestedScope
  /** Decimal digits; `0` if the runner does not provide it. */
  jobId: string
  onRevokeFailure: OnRevokeFailure
  /** The API's address without a trailing slash. */
  apiHost: string
}

/** Everything that the author of a workflow can configure. */
export interface Inputs extends TargetInputs {
  /** The long-lived key. It must never be written anywhere. */
  apiKey: string
  /** The variable for the fresh key; `undefined` for none. */
  envName: string | undefined
}

/** The part of the runner that reading inputs needs. */
export type InputReader = Pick<Runner, 'input' | 'mask'>

type Environment = Readonly<Record<string, string | undefined>>

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * Names that the runner refuses or reserves, and names with which a key could change how programs run, on any system.
 *
 * `GITHUB_*` and `RUNNER_*` cannot be overwritten, `NODE_OPTIONS` is refused
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands, 'Setting an environment
 * variable'); the others would break later steps, or redirect their traffic.
 */
const RESERVED_PREFIXES =
  /^(?:GITHUB|RUNNER|ACTIONS|INPUT|STATE|LD|DYLD|NODE|NPM_CONFIG|GIT|DOTNET|OPENSSL|SSL_CERT|PROCESSOR|USERDOMAIN)_/i
const RESERVED = new Set(
  [
    'PATH HOME USER LOGNAME SHELL CI ENV BASH_ENV IFS PWD OLDPWD TMP TEMP TMPDIR TERM LANG LC_ALL TZ',
    'HTTP_PROXY HTTPS_PROXY ALL_PROXY FTP_PROXY NO_PROXY',
    'PYTHONPATH PYTHONHOME PERL5LIB PERL5OPT RUBYLIB RUBYOPT CLASSPATH JAVA_HOME JAVA_TOOL_OPTIONS GOPATH GOROOT',
    // Windows
    'PATHEXT COMSPEC SYSTEMROOT SYSTEMDRIVE WINDIR OS PSMODULEPATH APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES',
    'PROGRAMW6432 COMMONPROGRAMFILES COMMONPROGRAMW6432 ALLUSERSPROFILE USERPROFILE PUBLIC HOMEDRIVE HOMEPATH',
    'USERNAME USERDOMAIN COMPUTERNAME LOGONSERVER SESSIONNAME NUMBER_OF_PROCESSORS DRIVERDATA',
  ].flatMap((names) => names.split(' ')),
)

/**
 * Reads and checks every input.
 *
 * @throws {InputError} for the first input that cannot be used; the message says what to write instead
 */
export function readInputs(runner: InputReader, environment: Environment): Inputs {
  const apiKey = readUsableApiKey(runner)
  const envName = readEnvName(runner)
  refuseExposedKey(envName, apiKey, environment)
  return { apiKey, envName, ...readTargetInputs(runner) }
}

/**
 * The inputs that say where the keys of this job are. Post reads them only if main left no valid record.
 *
 * @throws {InputError} for the first input that cannot be used
 */
export function readTargetInputs(runner: InputReader): TargetInputs {
  return {
    scope: readScope(runner),
    jobId: readJobId(runner),
    onRevokeFailure: readOnRevokeFailure(runner),
    apiHost: readApiHost(runner),
  }
}

/** The long-lived key, masked; an empty string if there is none. */
export function readApiKey(runner: InputReader): string {
  const apiKey = runner.input('api_key')
  runner.mask(apiKey)
  return apiKey
}

/**
 * The long-lived key, masked and checked.
 *
 * @throws {InputError} if it is empty or cannot be a key
 */
export function readUsableApiKey(runner: InputReader): string {
  const apiKey = readApiKey(runner)
  if (apiKey === '') {
    throw new InputError(
      'The api_key input is empty. Pass the secret that contains your Neon API key: api_key: ${{ secrets.NEON_API_KEY }}. ' +
        'Runs from forks and Dependabot get no Actions secrets (Dependabot has its own secrets), and a secret that does not exist is empty.',
    )
  }
  if (!canBeApiKey(apiKey)) {
    throw new InputError(
      'The api_key input contains white space, line breaks or characters that no Neon API key has, or is too short for one. Store only the key in the secret, on one line.',
    )
  }
  return apiKey
}

/**
 * The scope of the keys; the same inputs in both actions. `scope` can be omitted if an ID determines it, but personal scope
 * must be explicit: an ID that is empty by mistake must not give the key more access.
 */
export function readScope(runner: InputReader): RequestedScope {
  const stated = runner.input('scope')
  const orgId = readId(runner, 'org_id', 'organization')
  const projectId = readId(runner, 'project_id', 'project')
  switch (stated || (projectId && 'project') || (orgId && 'organization')) {
    case 'project':
      if (projectId === '') throw disagree('project', `needs project_id, which is empty. ${MAYBE_NOT_SET}`)
      return orgId === '' ? { kind: 'unresolved project', projectId } : { kind: 'project', orgId, projectId }
    case 'organization':
      if (projectId !== '') throw disagree('organization', "takes no project_id. Remove it, or write 'scope: project'.")
      if (orgId === '') throw disagree('organization', `needs org_id, which is empty. ${MAYBE_NOT_SET}`)
      return { kind: 'organization', orgId }
    case 'personal':
      if (orgId !== '' || projectId !== '') {
        const given = [orgId && 'org_id', projectId && 'project_id'].filter(Boolean).join(' and ')
        throw disagree('personal', `takes no IDs. Remove ${given}, or change scope.`)
      }
      return { kind: 'personal' }
    case '':
      throw new InputError(
        `Neither org_id nor project_id is set, and no scope is stated. ${MAYBE_NOT_SET} ` +
          "For a personal key, which can do everything that the owner of the api_key can, write 'scope: personal'.",
      )
    default:
      throw new InputError(
        `The scope input is '${stated}'; it can be 'project', 'organization' or 'personal'. Omit it to choose the scope by the IDs.`,
      )
  }
}

const MAYBE_NOT_SET =
  'The ID may come from a variable that is not set: look for it in the settings of the repository, of the environment that the job names, and of the organization, and check how the input is spelled.'

const disagree = (scope: string, problem: string): InputError => new InputError(`'scope: ${scope}' ${problem}`)

function readId(runner: InputReader, name: 'org_id' | 'project_id', noun: string): string {
  const value = runner.input(name)
  if (value !== '' && !NEON_ID.test(value)) {
    throw new InputError(
      `The ${name} input, '${value}', is not a Neon ${noun} ID: it must match ${NEON_ID.source}. It is in the ${noun}'s settings in the Neon Console.`,
    )
  }
  return value
}

function readEnvName(runner: InputReader): string | undefined {
  const name = runner.input('env_name')
  if (name === '') return undefined
  if (!VARIABLE.test(name)) {
    throw new InputError(
      `The env_name input, '${name}', is not a valid variable name: letters, digits and underscores, not starting with a digit. Leave it empty to export no variable.`,
    )
  }
  if (RESERVED_PREFIXES.test(name) || RESERVED.has(name.toUpperCase())) {
    throw new InputError(
      `The env_name input, '${name}', is reserved: it has a meaning for the runner or for programs in later steps. Use another name, such as NEON_API_KEY.`,
    )
  }
  return name
}

/** A job-level variable with the long-lived key would defeat the purpose of this action. */
function refuseExposedKey(envName: string | undefined, apiKey: string, environment: Environment): void {
  // An object also has members that are not variables, such as `constructor`.
  if (envName === undefined || !Object.hasOwn(environment, envName) || environment[envName]?.trim() !== apiKey) return
  throw new InputError(
    `The variable ${envName} already contains the long-lived key, so every step of this job can read it, and no key was created. ` +
      `Remove ${envName} from the env of the workflow, the job and this step, and use the secret only in this step: api_key: \${{ secrets.… }}. ` +
      'To keep that variable, choose another env_name.',
  )
}

/** The job's ID, which only an expression provides (`job.check_run_id`); the same input in both actions. */
export function readJobId(runner: InputReader): string {
  const value = runner.input('job_id') || '0'
  if (!/^(?:0|[1-9]\d{0,18})$/.test(value)) {
    throw new InputError(
      `The job_id input is '${value}', not a number. Omit it: its default is the ID that the runner provides.`,
    )
  }
  return value
}

function readOnRevokeFailure(runner: InputReader): OnRevokeFailure {
  const value = runner.input('on_revoke_failure') || 'fail'
  if (value !== 'fail' && value !== 'warn') {
    throw new InputError(`The on_revoke_failure input is '${value}'; it can be 'fail' or 'warn'.`)
  }
  return value
}

/** The address of Neon's API; the same input in both actions. */
export function readApiHost(runner: InputReader): string {
  const value = runner.input('api_host') || NEON_API_HOST
  // Messages do not repeat the value, which may contain a password.
  const url = URL.parse(value)
  if (!url) throw new InputError(`The api_host input is not a URL; Neon's is ${NEON_API_HOST}.`)
  if (url.username || url.password) {
    throw new InputError('The api_host input contains a user name or password; write only the address.')
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new InputError(
      `The api_host input must start with https://, since the API key is sent there (plain http is for a loopback address only); Neon's is ${NEON_API_HOST}.`,
    )
  }
  if (url.search || url.hash) throw new InputError("The api_host input must not contain a '?' or '#'.")
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}
