import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Deadline, systemClock } from '../../src/base/clock.ts'
import { formatError } from '../../src/base/errors.ts'
import { openHttp, TransportError } from '../../src/base/http.ts'
import { parseKeepingIds } from '../../src/base/json.ts'
import { readProxySettings } from '../../src/base/proxy-settings.ts'
import { type AnsweredKey, decodeCreatedKey, decodeKeys, InvalidBody, type ListedKey } from '../../src/neon/answers.ts'
import { connect } from '../../src/neon/client.ts'
import { keysPath, type Scope } from '../../src/neon/scope.ts'

/** The Neon at which the statements are checked. */
export interface Target {
  apiHost: string
  /** The personal key of an admin of the organization. */
  apiKey: string
  orgId?: string | undefined
  projectId?: string | undefined
  /** A second address, for sending many requests at once. */
  limited?: { apiHost: string; apiKey: string }
}

/** The observation contradicts the statement; the message contains the observation. */
export class Contradiction extends Error {}

/** The statement could not be checked; the message says why. */
export class NotChecked extends Error {}

export interface Reply {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
  // biome-ignore lint/suspicious/noExplicitAny: the answer of any operation; `undefined` where it is not JSON.
  json: any
  requestId: string
}

export type Kind = Scope['kind']
type Request = { apiHost?: string; apiKey?: string; body?: Record<string, string> }

/** Milliseconds between two requests to Neon itself. */
const PAUSE = 150

/** Sends requests to Neon, and revokes all keys that it created at the end. */
export class Session {
  readonly target: Target
  /** The names of all keys that a session creates start with this. */
  readonly prefix = `conformance-${randomBytes(5).toString('hex')}-`
  readonly #http = openHttp(readProxySettings(process.env))
  readonly #shared = new Map<Kind, Promise<AnsweredKey>>()
  readonly #ids = new Set<string>()
  #lost = false
  #stopped = false

  constructor(target: Target) {
    this.target = target
  }

  get stopped(): boolean {
    return this.#stopped
  }

  /** Stops sending requests, except those of {@link cleanUp}. */
  readonly stop = (): void => {
    this.#stopped = true
  }

  async ask(method: 'GET' | 'POST' | 'DELETE', path: string, request: Request = {}): Promise<Reply> {
    const { apiHost = this.target.apiHost, apiKey = this.target.apiKey, body } = request
    if (this.#stopped) throw new NotChecked('stopped')
    if (!this.target.limited) await sleep(PAUSE)
    const requestId = randomUUID()
    const headers = {
      'accept-encoding': 'identity',
      authorization: `Bearer ${apiKey}`,
      'x-request-id': requestId,
      ...(body && { 'content-type': 'application/json' }),
    }
    const url = new URL(`${apiHost}${path}`)
    const sent = { method, url, headers, timeout: 30_000, ...(body && { body: JSON.stringify(body) }) }
    const reply = await this.#http.exchange(sent).catch((error) => {
      if (!(error instanceof TransportError)) throw error
      this.#lost ||= error.sent && method === 'POST'
      throw new NotChecked(formatError(error))
    })
    return { ...reply, json: parseKeepingIds(reply.body), requestId }
  }

  /** A name that no other key has. */
  name(rest = ''): string {
    return `${this.prefix}${randomBytes(3).toString('hex')}${rest}`
  }

  scopeOf(kind: Kind): Scope {
    const { orgId, projectId } = this.target
    if (kind === 'personal') return { kind }
    if (orgId === undefined) throw new NotChecked('needs --org-id')
    if (kind === 'organization') return { kind, orgId }
    if (projectId === undefined) throw new NotChecked('needs --project-id')
    return { kind, orgId, projectId }
  }

  /** The most common scope among users of the action that the target allows. */
  get narrowest(): Kind {
    if (this.target.orgId === undefined) return 'personal'
    return this.target.projectId === undefined ? 'organization' : 'project'
  }

  /** Sends a create request. */
  async create(kind: Kind, { name = this.name(), apiKey = this.target.apiKey } = {}): Promise<Reply> {
    const scope = this.scopeOf(kind)
    const body = { key_name: name, ...(scope.kind === 'project' && { project_id: scope.projectId }) }
    const reply = await this.ask('POST', keysPath(scope), { apiKey, body })
    if (typeof reply.json?.id === 'bigint') this.#ids.add(String(reply.json.id))
    return reply
  }

  /** A key that nothing else uses, for statements that are not about its creation. */
  async fresh(kind: Kind, name = this.name()): Promise<AnsweredKey> {
    const reply = await this.create(kind, { name })
    return available('a key', () => decodeCreatedKey(reply.body, () => {}))
  }

  /** A key that stays alive until the end. */
  shared(kind: Kind): Promise<AnsweredKey> {
    const key = this.#shared.get(kind) ?? this.fresh(kind)
    this.#shared.set(kind, key)
    return key
  }

  /** A key that is revoked. */
  async dead(kind: Kind): Promise<AnsweredKey> {
    const key = await this.fresh(kind)
    const { status } = await this.revoke(kind, key.id)
    if (status !== 200) throw new NotChecked(`the key could not be revoked: ${status}`)
    return key
  }

  list(kind: Kind, apiKey = this.target.apiKey): Promise<Reply> {
    return this.ask('GET', keysPath(this.scopeOf(kind)), { apiKey })
  }

  /** All keys of a scope, for statements that are not about lists. */
  async listed(kind: Kind): Promise<ListedKey[]> {
    const { body } = await this.list(kind)
    return available('a list', () => decodeKeys(body, () => {}))
  }

  revoke(kind: Kind, id: string, apiKey = this.target.apiKey): Promise<Reply> {
    return this.ask('DELETE', `${keysPath(this.scopeOf(kind))}/${id}`, { apiKey })
  }

  /**
   * Revokes every key that this session has created, as the action itself does: until Neon has answered.
   *
   * @returns the keys that may still be alive, one line each
   */
  async cleanUp(): Promise<string[]> {
    // A create whose answer was lost may be applied late.
    if (this.#lost) await sleep(3_000)
    const effects = {
      clock: systemClock,
      http: this.#http,
      random: Math.random,
      cancelled: new AbortController().signal,
      runner: { mask: () => {}, waiting: () => {} },
    }
    const left: string[] = []
    for (const kind of ['personal', 'organization'] as const) {
      if (kind === 'organization' && this.target.orgId === undefined) continue
      const keys = connect(effects, { ...this.target, deadline: new Deadline(systemClock, 60_000) }).keysOf(
        this.scopeOf(kind),
      )
      try {
        for (const key of await keys.list()) {
          if (key.name.startsWith(this.prefix)) {
            await keys.revokeAndConfirm(key).catch((error) => {
              left.push(`${key.id} (${key.name}): ${formatError(error)}`)
            })
          } else if (this.#ids.has(key.id)) {
            left.push(`${key.id} (${key.name}): answered to a create, but under a name that was not asked for`)
          }
        }
      } catch (error) {
        left.push(`${kind} keys whose names start with ${this.prefix}: ${formatError(error)}`)
      }
    }
    return left
  }
}

/** Awaits something that a check needs but is not about. */
function available<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof InvalidBody) throw new NotChecked(`${what} could not be read`)
    throw error
  }
}
