import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Context, OpenAPIBackend } from 'openapi-backend'
import { compile, violationsOf } from '../openapi.ts'
import { Accounts, accountOf, type Key, type Organization, type Project, type User } from './accounts.ts'
import { type Answer, Refusal } from './answers.ts'
import { Branches } from './branches.ts'
import { EDITIONS, type Edition } from './editions.ts'
import { loadDocument, type OperationId } from './openapi.ts'
import { operations } from './operations.ts'
import { RateLimits } from './rate-limits.ts'

/** A request, independent of its connection. */
export interface NeonRequest {
  method: string
  /** With the query, without the host. */
  path: string
  /** Lower-case names. */
  headers: IncomingHttpHeaders
  body: string
}

/** A request that reached Neon, and its outcome. */
export interface RecordedRequest extends NeonRequest {
  operation: OperationId | undefined
  /** The status that was sent; `undefined` if none was. */
  status: number | undefined
  /** How the request violates Neon's OpenAPI document; empty if it is valid. */
  violations: string[]
}

/** An answer that is ready to be sent. */
export interface NeonResponse {
  status: number
  text: string
  requestId: string
  headers?: Record<string, string>
}

export interface NeonOptions {
  /** Neon's documented rate limits; off by default. */
  rateLimits?: boolean
  /** The date and time in milliseconds since 1970; the machine's by default. */
  now?: () => number
  /** Which of Neon's documents the answers follow; the OpenAPI document by default. */
  edition?: Edition
  /** The ID of the first key; seven digits by default, like Neon's IDs. */
  firstKeyId?: bigint
}

/** The path of Neon's API on its host. */
export const BASE_PATH = '/api/v2'

/** Compiling the validators takes half a second, so all simulators of a process share them. */
let compiled: Promise<OpenAPIBackend> | undefined

/**
 * A simulated Neon without a network: two people, an organization with two projects, a personal project, and their
 * keys. Validates each request and each of its own answers against Neon's OpenAPI document.
 */
export class Neon {
  readonly accounts: Accounts
  readonly branches: Branches
  readonly requests: RecordedRequest[] = []
  /** Its own answers that violate Neon's OpenAPI document; tests require that there are none. */
  readonly violations: string[] = []
  readonly ada: User
  readonly organization: Organization
  readonly project: Project
  readonly otherProject: Project
  readonly personalProject: Project
  /** Tokens: of an admin's personal key, a plain member's personal key, and the organization's own key. */
  readonly adminKey: string
  readonly memberKey: string
  readonly organizationKey: string
  readonly #api: OpenAPIBackend
  readonly #limits: RateLimits | undefined
  readonly #handlers: ReturnType<typeof operations>
  readonly #edition: Edition
  readonly #firstKeys: ReadonlySet<string>
  /** Each request, parsed once on arrival. */
  readonly #contexts = new WeakMap<RecordedRequest, Context>()

  static async create(options: NeonOptions = {}): Promise<Neon> {
    compiled ??= compile(loadDocument())
    return new Neon(await compiled, options)
  }

  private constructor(api: OpenAPIBackend, options: NeonOptions) {
    const { rateLimits = false, now = Date.now, edition = 'openapi', firstKeyId = 3_084_351n } = options
    this.#api = api
    this.#edition = edition
    this.#limits = rateLimits ? new RateLimits(now) : undefined
    const accounts = new Accounts(now, firstKeyId)
    this.accounts = accounts
    const example = (id: string): unknown => api.mockResponseForOperation(id).mock
    this.branches = new Branches(example)
    this.#handlers = operations(accounts, this.branches, example)
    this.ada = accounts.addUser('Ada')
    const bob = accounts.addUser('Bob')
    this.organization = accounts.addOrganization('org-quiet-river-12345678', [
      [this.ada, 'admin'],
      [bob, 'member'],
    ])
    this.project = accounts.addProject('shiny-wind-028834', this.organization)
    this.otherProject = accounts.addProject('winter-boat-259881', this.organization)
    this.personalProject = accounts.addProject('lonely-field-771104', this.ada)
    this.adminKey = accounts.createKey({ user: this.ada }, 'long-lived', this.ada).token
    this.memberKey = accounts.createKey({ user: bob }, 'long-lived', bob).token
    this.organizationKey = accounts.createKey({ organization: this.organization }, 'long-lived', this.ada).token
    this.#firstKeys = new Set(accounts.keys.keys())
  }

  /** The live keys created since start: all but the first three. */
  createdKeys(): Key[] {
    return this.accounts.liveKeys().filter(({ id }) => !this.#firstKeys.has(id))
  }

  /** Forgets requests and branches, and revokes every key but the first three. */
  reset(): void {
    this.requests.length = 0
    this.branches.reset()
    for (const key of this.createdKeys()) this.accounts.revoke(key)
  }

  /** Records a request without applying it. */
  receive({ method, path, headers, body }: NeonRequest): RecordedRequest {
    const request: RecordedRequest = {
      method,
      path,
      headers,
      body,
      operation: undefined,
      status: undefined,
      violations: [],
    }
    this.requests.push(request)
    const context = this.#contextOf(request)
    this.#contexts.set(request, context)
    if (context.operation) {
      request.operation = context.operation.operationId as OperationId
      request.violations = violationsOf(this.#api.validateRequest(context.request, context.operation))
    }
    return request
  }

  /** Applies or refuses a request, as Neon would. */
  perform(request: RecordedRequest, address: string): NeonResponse {
    const requestId = String(request.headers['x-request-id'] ?? randomUUID())
    const { status, body } = this.#performOrRefuse(request, address, requestId)
    if (request.operation === undefined) return { status, text: JSON.stringify(body), requestId }
    const found = violationsOf(this.#api.validateResponse(JSON.parse(JSON.stringify(body)), request.operation, status))
    this.violations.push(...found.map((violation) => `${request.operation} ${status}: ${violation}`))
    const edit = EDITIONS[this.#edition][status < 400 ? request.operation : 'refusal']
    return { status, text: JSON.stringify(edit ? edit(body) : body), requestId }
  }

  #performOrRefuse(request: RecordedRequest, address: string, requestId: string): Answer {
    try {
      return this.#perform(request, address)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { status: error.status, body: { request_id: requestId, code: '', message: error.message } }
    }
  }

  #perform(request: RecordedRequest, address: string): Answer {
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const key = this.accounts.authenticate(token, address)
    if (!key) throw new Refusal(401, 'supplied credentials do not pass authentication')
    const { operation } = request
    if (operation === undefined) throw new Refusal(404, 'this page does not exist')
    if (this.#limits && !this.#limits.allow(accountOf(key.owner), operation)) {
      throw new Refusal(429, 'rate limit exceeded')
    }
    if (request.violations.length > 0) throw new Refusal(400, request.violations.join('; '))
    return this.#handlers[operation](this.#contexts.get(request) as Context, key)
  }

  /** A request in the form that openapi-backend's handlers get. */
  #contextOf({ method, path, headers, body }: NeonRequest): Context {
    const request = {
      method,
      path: path.startsWith(`${BASE_PATH}/`) ? path.slice(BASE_PATH.length) : '/not-found',
      headers: headers as Record<string, string>,
      ...(body !== '' && { body }),
    }
    const operation = this.#api.matchOperation(request)
    // openapi-backend's context has members that no handler here uses.
    return { operation, request: this.#api.router.parseRequest(request, operation) } as Context
  }
}
