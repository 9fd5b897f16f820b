/** An input of the action is missing or malformed. Thrown before any request is sent. */
export class InputError extends Error {
  override readonly name = 'InputError'
}

/** The runner did not set what the action must know, e.g. `GITHUB_RUN_ID`: an old runner, or not GitHub's. */
export class RunnerError extends Error {
  override readonly name = 'RunnerError'
}

/** Neon, or somebody in its place, said no (3xx, 4xx); asking again would not help. */
export class NeonRefused extends Error {
  override readonly name = 'NeonRefused'
  readonly status: number
  /** Neon's own words; `undefined` where the answer was not Neon's. */
  readonly reason: string | undefined

  constructor(message: string, status: number, reason?: string) {
    super(message)
    this.status = status
    this.reason = reason
  }
}

/** Neon, or somebody in its place, answered 2xx twice in a row with a body that is not what was asked for. */
export class InvalidAnswer extends Error {
  override readonly name = 'InvalidAnswer'
}

/** Neon created a key that reaches more than what was asked for, or something else; it is revoked. */
export class WrongReach extends Error {
  override readonly name = 'WrongReach'
}

/** The connection cannot succeed until the configuration changes, e.g. a certificate that this machine does not trust. */
export class NeonUnreachable extends Error {
  override readonly name = 'NeonUnreachable'
}

/** Neon did not answer, or asked to wait, for longer than the step may take. */
export class GaveUp extends Error {
  override readonly name: string = 'GaveUp'
}

/** A rate limit of Neon's lasted for longer than the step may take. */
export class RateLimited extends GaveUp {
  override readonly name = 'RateLimited'
}

/** GitHub will never tell this token what the sweep has to know. */
export class GithubRefused extends Error {
  override readonly name = 'GithubRefused'
}

/** The runner asked the step to end (a cancelled job), and waiting any longer was pointless. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}

/** A step could not make sure that a key is revoked. */
export class KeyMayBeAlive extends Error {
  override readonly name = 'KeyMayBeAlive'
  /** Whether the step fails because of it; see the `on_revoke_failure` input. */
  readonly fatal: boolean
  /** What a person has to run. */
  readonly commands: readonly string[]

  constructor(message: string, { fatal, commands }: { fatal: boolean; commands: readonly string[] }) {
    super(message)
    this.fatal = fatal
    this.commands = commands
  }
}

/**
 * Formats an error and its causes in one line, without stack traces, which name paths of the runner's disk.
 *
 * Node reports a refused connection as an `AggregateError` without a message of its own, with one error for each
 * address, so those are included.
 */
export function formatError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.message || (error as NodeJS.ErrnoException).code || error.name
  const inner = error instanceof AggregateError && !error.message ? error.errors.map(formatError) : []
  const cause = error.cause === undefined ? [] : [formatError(error.cause)]
  const parts = inner.length > 0 ? [...new Set(inner), ...cause] : [own, ...cause]
  return parts.filter((part, index) => index === 0 || !parts[0]?.includes(part)).join(': ')
}
