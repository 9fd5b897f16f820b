/** An input of the action is missing or malformed. Thrown before any request is sent. */
export class InputError extends Error {
  override readonly name = 'InputError'
}

/** The runner did not set what the action must know, e.g. `GITHUB_RUN_ID`: an old runner, or not GitHub's. */
export class RunnerError extends Error {
  override readonly name = 'RunnerError'
}

/** Neon understood the request and said no (3xx, 4xx); asking again would not help. */
export class NeonRefused extends Error {
  override readonly name = 'NeonRefused'
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

/** The connection cannot succeed until the configuration changes, e.g. a certificate that this machine does not trust. */
export class NeonUnreachable extends Error {
  override readonly name = 'NeonUnreachable'
}

/** Neon did not answer, or asked to wait, for longer than the step may take. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp'
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

  constructor(message: string, fatal: boolean) {
    super(message)
    this.fatal = fatal
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
