import { randomUUID } from 'node:crypto'
import { type Http, type HttpRequest, TransportError } from '../base/http.ts'
import { VERSION } from '../base/version.ts'
import {
  decodeAuthMethod,
  decodeFreshKey,
  decodeKeys,
  decodeProjectOrganization,
  decodeRevokedKey,
  type FreshKey,
  type ListedKey,
  type RevokedKey,
} from './answers.ts'
import { classifyFailure, classifyResponse, type Outcome } from './outcome.ts'
import { type Patience, persist } from './retry.ts'
import { keysPath, type Scope } from './scope.ts'

/** Milliseconds for one attempt, from connecting to the last byte. */
const CREATE_TIMEOUT = 30_000
const REVOKE_TIMEOUT = 12_000
const READ_TIMEOUT = 12_000

/** Milliseconds that a request in flight gets to finish once the job is cancelled; the runner kills after 7.5 s. */
const CANCEL_GRACE = 6_000

/**
 * The calls on Neon's API that the action makes, and the only code that talks to Neon.
 *
 * All but {@link createKey} repeat themselves until Neon has answered, as the contract's table of requests says.
 *
 * @see https://api-docs.neon.tech/reference/getting-started-with-neon-api
 */
export class NeonApi {
  readonly #host: string
  readonly #apiKey: string
  readonly #http: Http
  readonly #patience: Patience

  constructor(options: { apiHost: string; apiKey: string; http: Http; patience: Patience }) {
    this.#host = options.apiHost
    this.#apiKey = options.apiKey
    this.#http = options.http
    this.#patience = options.patience
  }

  /**
   * Asks once for a key. Repeating is the caller's affair: a create that may have happened must be undone first.
   *
   * @param onSecret told of anything in the answer that may be a key, before it is even looked at
   */
  createKey(scope: Scope, name: string, onSecret: (secret: string) => void): Promise<Outcome<FreshKey>> {
    const { projectId } = scope
    return this.#attempt('create the API key', {
      method: 'POST',
      path: keysPath(scope),
      body: { key_name: name, ...(projectId !== undefined && { project_id: projectId }) },
      timeout: CREATE_TIMEOUT,
      decode: (body) => decodeFreshKey(body, name, projectId, onSecret),
    })
  }

  /** Revokes a key. Neon's 404 is thrown as {@link NeonRefused}; the caller knows what it means. */
  revokeKey(scope: Scope, id: string): Promise<RevokedKey> {
    return this.#persist(`revoke the API key ${id}`, {
      method: 'DELETE',
      path: `${keysPath(scope)}/${encodeURIComponent(id)}`,
      timeout: REVOKE_TIMEOUT,
      decode: (body) => decodeRevokedKey(body, id),
    })
  }

  /** Every key of the personal account or the organization; Neon's list has no pages. */
  listKeys(scope: Scope): Promise<ListedKey[]> {
    return this.#persist('list the API keys', {
      method: 'GET',
      path: keysPath(scope),
      timeout: READ_TIMEOUT,
      decode: decodeKeys,
    })
  }

  /** The organization that a project belongs to; an empty string for a project of no organization. */
  getProjectOrganization(projectId: string): Promise<string> {
    return this.#persist(`look up the project ${projectId}`, {
      method: 'GET',
      path: `/projects/${encodeURIComponent(projectId)}`,
      timeout: READ_TIMEOUT,
      decode: (body) => decodeProjectOrganization(body, projectId),
    })
  }

  /** What kind of credential the key is: `api_key_user` (personal), `api_key_org`, … */
  getAuthMethod(): Promise<string> {
    return this.#persist('ask what kind of API key it is', {
      method: 'GET',
      path: '/auth',
      timeout: READ_TIMEOUT,
      decode: decodeAuthMethod,
    })
  }

  #persist<T>(action: string, call: Call<T>): Promise<T> {
    return persist(() => this.#attempt(action, call), this.#patience)
  }

  async #attempt<T>(action: string, call: Call<T>): Promise<Outcome<T>> {
    const { clock, deadline, cancelled } = this.#patience
    const requestId = randomUUID()
    const withdrawal = new AbortController()
    const withdraw = (): void => withdrawal.abort()
    // What only reads can be dropped at once; what changes something is given the time that the runner leaves.
    const onCancel = (): void => {
      if (call.method === 'GET') withdraw()
      else clock.sleep(CANCEL_GRACE, withdrawal.signal).then(withdraw, () => {})
    }
    if (cancelled.aborted) onCancel()
    else cancelled.addEventListener('abort', onCancel)
    const request: HttpRequest = {
      method: call.method,
      url: new URL(`${this.#host}${call.path}`),
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${this.#apiKey}`,
        'user-agent': `ephemeral-neon-api-key/${VERSION}`,
        'x-request-id': requestId,
        ...(call.body && { 'content-type': 'application/json' }),
      },
      ...(call.body && { body: JSON.stringify(call.body) }),
      timeout: Math.min(call.timeout, deadline.remaining()),
      signal: withdrawal.signal,
    }
    const about = { action, requestId, date: clock.date() }
    try {
      return classifyResponse(await this.#http.exchange(request), call.decode, about)
    } catch (error) {
      if (error instanceof TransportError) return classifyFailure(error, about)
      throw error
    } finally {
      cancelled.removeEventListener('abort', onCancel)
      withdraw()
    }
  }
}

interface Call<T> {
  method: HttpRequest['method']
  path: string
  body?: Record<string, string>
  timeout: number
  /** Reads a 2xx answer; `undefined` when it makes no sense. */
  decode: (body: string) => T | undefined
}
