import { randomUUID } from 'node:crypto'
import { type Http, type HttpRequest, TransportError } from './http.ts'
import { isSendable } from './inputs.ts'
import { parseKeepingIds } from './json.ts'
import { classifyFailure, classifyResponse, type Outcome } from './outcome.ts'
import { type Patience, persist } from './retry.ts'
import { keysPath, NEON_ID, type Scope } from './scope.ts'
import { VERSION } from './version.ts'

/** A key as Neon tells of it when it is created. */
export interface FreshKey {
  id: string
  name: string
  key: string
}

/** A key as Neon lists it: never with the key itself. */
export interface ListedKey {
  id: string
  name: string
  createdAt: string
  lastUsedAt: string | undefined
  /** The one project that the key reaches, if it is so narrow. */
  projectId: string | undefined
}

/** What Neon tells of a key as it revokes it. */
export interface RevokedKey {
  lastUsedAt: string | undefined
  /** For debug logs alone. */
  lastUsedFrom: string | undefined
}

/** Milliseconds for one attempt, from connecting to the last byte. */
const CREATE_TIMEOUT = 30_000
const REVOKE_TIMEOUT = 12_000
const READ_TIMEOUT = 12_000

/** Neon's keys are much longer; masking a shorter text would blot out half the log. */
const SHORTEST_KEY = 16

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
      decode: (body) => readString(parseKeepingIds(body), 'auth_method'),
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

function decodeFreshKey(
  body: string,
  name: string,
  projectId: string | undefined,
  onSecret: (secret: string) => void,
): FreshKey | undefined {
  const answer = parseKeepingIds(body)
  const key = readString(answer, 'key')
  if (key !== undefined) onSecret(key)
  const id = readId(answer)
  if (id === undefined || key === undefined || key.length < SHORTEST_KEY || !isSendable(key)) return undefined
  if (readString(answer, 'name') !== name || readString(answer, 'project_id') !== projectId) return undefined
  return { id, name, key }
}

function decodeRevokedKey(body: string, id: string): RevokedKey | undefined {
  const answer = parseKeepingIds(body)
  if (readId(answer) !== id || (answer as { revoked?: unknown }).revoked !== true) return undefined
  return { lastUsedAt: readString(answer, 'last_used_at'), lastUsedFrom: readString(answer, 'last_used_from_addr') }
}

/** Strict: an entry that cannot be read might be the one that is looked for. */
function decodeKeys(body: string): ListedKey[] | undefined {
  const answer = parseKeepingIds(body)
  if (!Array.isArray(answer)) return undefined
  const keys: ListedKey[] = []
  for (const item of answer) {
    const id = readId(item)
    const name = readString(item, 'name')
    if (id === undefined || name === undefined) return undefined
    keys.push({
      id,
      name,
      createdAt: readString(item, 'created_at') ?? '',
      lastUsedAt: readString(item, 'last_used_at'),
      projectId: readString(item, 'project_id'),
    })
  }
  return keys
}

function decodeProjectOrganization(body: string, projectId: string): string | undefined {
  const project = (parseKeepingIds(body) as { project?: unknown } | null | undefined)?.project
  if (readString(project, 'id') !== projectId) return undefined
  const orgId = readString(project, 'org_id') ?? ''
  return orgId === '' || NEON_ID.test(orgId) ? orgId : undefined
}

function readString(answer: unknown, name: string): string | undefined {
  const value = (answer as Record<string, unknown> | null | undefined)?.[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function readId(answer: unknown): string | undefined {
  const id = (answer as { id?: unknown } | null | undefined)?.id
  return typeof id === 'bigint' && id > 0n ? String(id) : undefined
}
