import { decodeAuthMethod, decodeProjectOrganization } from './answers.ts'
import { Keys } from './keys.ts'
import { type Connection, type Effects, Requests } from './requests.ts'
import type { Retrier } from './retry.ts'
import type { Scope } from './scope.ts'

/** Milliseconds for one attempt. */
const READ_TIMEOUT = 12_000

/** Neon's API, with one API key. */
export interface Neon {
  /** The API keys of a scope. */
  keysOf(scope: Scope): Keys
  /** The organization that a project belongs to; an empty string for a project that belongs to none. */
  organizationOf(projectId: string): Promise<string>
  /**
   * The kind of the key: `api_key_user` (personal), `api_key_org`, … Requested once, since it is only for the advice in an
   * error; `undefined` if Neon does not answer.
   */
  authMethod(): Promise<string | undefined>
  /** The date and time of Neon's clock, in milliseconds since 1970; of this machine's clock before the first answer. */
  date(): number
  /** Waits between attempts, until the deadline of the connection. */
  readonly retrier: Retrier
}

/**
 * Connects to Neon's API; nothing is sent yet.
 *
 * @see https://api-docs.neon.tech/reference/getting-started-with-neon-api
 */
export function connect(effects: Effects, connection: Connection): Neon {
  const requests = new Requests(effects, connection)
  return {
    retrier: requests.retrier,
    date: () => requests.date(),
    keysOf: (scope) => new Keys(scope, requests),
    organizationOf: (projectId) =>
      requests.retry({
        action: `look up the project ${projectId}`,
        method: 'GET',
        path: `/projects/${encodeURIComponent(projectId)}`,
        timeout: READ_TIMEOUT,
        decode: (body) => decodeProjectOrganization(body, projectId),
      }),
    async authMethod() {
      const outcome = await requests.attempt({
        action: 'look up the kind of the API key',
        method: 'GET',
        path: '/auth',
        timeout: READ_TIMEOUT,
        decode: decodeAuthMethod,
      })
      return outcome.kind === 'done' ? outcome.value : undefined
    },
  }
}
