/** An input of the action is missing or malformed. Thrown before any request is sent. */
export class InputError extends Error {
  override readonly name = 'InputError'
}

/**
 * The runner did not set a variable that the action needs, e.g. `GITHUB_RUN_ID` (it is old, or not GitHub's runner), or one
 * of its files cannot be written.
 */
export class RunnerError extends Error {
  override readonly name = 'RunnerError'
}

/** Neon, or a server in between, refused the request (3xx, 4xx); a retry would not help. */
export class NeonRefused extends Error {
  override readonly name = 'NeonRefused'
  readonly status: number
  /** Neon's message; `undefined` if the answer did not come from Neon. */
  readonly reason: string | undefined

  constructor(message: string, status: number, reason?: string) {
    super(message)
    this.status = status
    this.reason = reason
  }
}

/** Neon, or a server in between, answered 2xx with an invalid body twice in a row. */
export class InvalidAnswer extends Error {
  override readonly name = 'InvalidAnswer'
}

/** Neon created a key with more access than requested, or for another project; it is revoked. */
export class WrongScope extends Error {
  override readonly name = 'WrongScope'
}

/** The connection cannot succeed until the configuration changes, e.g. a certificate that this machine does not trust. */
export class NeonUnreachable extends Error {
  override readonly name = 'NeonUnreachable'
}

/** Neon did not answer, or asked for a wait, beyond the step's deadline. */
export class GaveUp extends Error {
  override readonly name: string = 'GaveUp'
}

/** Neon's rate limit still applied at the step's deadline. */
export class RateLimited extends GaveUp {
  override readonly name = 'RateLimited'
}

/** GitHub denies this token access to information that the sweep needs. */
export class GithubRefused extends Error {
  override readonly name = 'GithubRefused'
}

/** The runner asked the step to end because the job was cancelled. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}

/** A step could not confirm that a key is revoked. */
export class KeyMayBeAlive extends Error {
  override readonly name = 'KeyMayBeAlive'
  /** Whether the step fails because of it; see the `on_revoke_failure` input. */
  readonly fatal: boolean
  /** The commands that revoke the key manually. */
  readonly commands: readonly string[]

  constructor(message: string, { fatal, commands }: { fatal: boolean; commands: readonly string[] }) {
    super(message)
    this.fatal = fatal
    this.commands = commands
  }
}

/**
 * Formats an error and its causes in one line, without stack traces, which contain paths on the runner's disk.
 *
 * Node reports a refused connection as an `AggregateError` without a message, with one error for each address, so
 * those errors are included.
 */
export function formatError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.message || (error as NodeJS.ErrnoException).code || error.name
  const inner = error instanceof AggregateError && !error.message ? error.errors.map(formatError) : []
  const cause = error.cause === undefined ? [] : [formatError(error.cause)]
  const parts = inner.length > 0 ? [...new Set(inner), ...cause] : [own, ...cause]
  return parts.filter((part, index) => index === 0 || !parts[0]?.includes(part)).join(': ')
}
