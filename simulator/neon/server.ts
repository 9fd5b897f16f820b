import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import formats from 'ajv-formats'
import { OpenAPIBackend } from 'openapi-backend'
import { Accounts, accountOf, type Key, type Organization, type Project, type User } from './accounts.ts'
import { answerControl } from './control.ts'
import { type Failure, type Fault, Faults } from './faults.ts'
import { loadDocument, type OperationId } from './openapi.ts'
import { type Answer, operations, Refusal } from './operations.ts'
import { RateLimits } from './rate-limits.ts'

/** One request that reached the simulator, and what became of it. */
export interface RecordedRequest {
  method: string
  path: string
  /** Lower-case names. */
  headers: IncomingMessage['headers']
  body: string
  operation: OperationId | undefined
  /** The status that went out; `undefined` when none did. */
  status: number | undefined
  /** What Neon's OpenAPI document has against the request; empty when it is valid. */
  violations: string[]
}

export interface NeonOptions {
  /** The port on the loopback address; any free one unless told. */
  port?: number
  /** Neon's documented rate limits; off unless told. */
  rateLimits?: boolean
}

/** A Neon of one's own: two people, an organization with two projects, a personal project, and their keys. */
export interface SimulatedNeon {
  /** What `api_host` has to be. */
  readonly host: string
  readonly accounts: Accounts
  readonly requests: RecordedRequest[]
  /** Answers of its own that broke Neon's OpenAPI document; tests demand none. */
  readonly violations: string[]
  readonly ada: User
  readonly organization: Organization
  readonly project: Project
  readonly otherProject: Project
  readonly personalProject: Project
  /** Tokens: of an admin's personal key, a plain member's personal key, and the organization's own key. */
  readonly adminKey: string
  readonly memberKey: string
  readonly organizationKey: string
  /** The live keys that nobody but the action can have made: all but the three above. */
  strangers(): Key[]
  inject(fault: Fault): void
  /** Forgets requests and faults, and revokes every key but the first three. */
  reset(): void
  close(): Promise<void>
}

/** Compiling the validators takes half a second, so all simulators of a process share them. */
let compiled: Promise<OpenAPIBackend> | undefined

async function compile(): Promise<OpenAPIBackend> {
  const api = new OpenAPIBackend({
    definition: loadDocument(),
    quick: true,
    ajvOpts: { strict: false },
    customizeAjv: (ajv) => formats.default(ajv),
  })
  await api.init()
  return api
}

/** Starts a simulated Neon on the loopback address. */
export async function startNeon({ port = 0, rateLimits = false }: NeonOptions = {}): Promise<SimulatedNeon> {
  compiled ??= compile()
  const api = await compiled
  const accounts = new Accounts(Date.now)
  const limits = rateLimits ? new RateLimits(Date.now) : undefined
  const faults = new Faults()
  const handlers = operations(accounts)
  const requests: RecordedRequest[] = []
  const violations: string[] = []

  const ada = accounts.addUser('Ada')
  const bob = accounts.addUser('Bob')
  const organization = accounts.addOrganization('org-quiet-river-12345678', [
    [ada, 'admin'],
    [bob, 'member'],
  ])
  const first = {
    adminKey: accounts.createKey({ user: ada }, 'long-lived', ada),
    memberKey: accounts.createKey({ user: bob }, 'long-lived', bob),
    organizationKey: accounts.createKey({ organization }, 'long-lived', ada),
  }
  const firstIds = new Set(Object.values(first).map(({ key }) => key.id))
  const strangers = (): Key[] => accounts.liveKeys().filter(({ id }) => !firstIds.has(id))

  /** What the request comes to, without any fault. */
  const perform = async (request: RecordedRequest, address: string): Promise<Answer> => {
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const key = accounts.authenticate(token, address)
    if (!key) throw new Refusal(401, 'supplied credentials do not pass authentication')
    const { operation } = request
    if (operation === undefined) throw new Refusal(404, 'this page does not exist')
    if (limits && !limits.allow(accountOf(key.owner), operation)) throw new Refusal(429, 'rate limit exceeded')
    if (request.violations.length > 0) throw new Refusal(400, request.violations.join('; '))
    return handlers[operation](parse(api, request), { key })
  }

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const [path = '/', query = ''] = (incoming.url ?? '/').split('?')
    const body = await readBody(incoming)
    const control = answerControl(incoming.method ?? 'GET', path, body, {
      accounts,
      requests,
      strangers,
      violations,
      faults,
    })
    if (control) return send(outgoing, control.status, JSON.stringify(control.body, null, 2), {})
    const request: RecordedRequest = {
      method: incoming.method ?? 'GET',
      path: query === '' ? path : `${path}?${query}`,
      headers: incoming.headers,
      body,
      operation: undefined,
      status: undefined,
      violations: [],
    }
    requests.push(request)
    const parsed = parse(api, request).request
    const operation = path.startsWith('/api/v2/') ? api.matchOperation(parsed) : undefined
    request.operation = operation?.operationId as OperationId | undefined
    if (operation) request.violations = violationsOf(api.validateRequest(parsed, operation))

    const requestId = String(incoming.headers['x-request-id'] ?? randomUUID())
    const deed = async (): Promise<{ status: number; text: string }> => {
      const { status, body } = await performOrRefuse(
        () => perform(request, incoming.socket.remoteAddress ?? ''),
        requestId,
      )
      const text = JSON.stringify(body)
      if (operation) {
        const found = violationsOf(api.validateResponse(JSON.parse(text), operation, status))
        violations.push(...found.map((violation) => `${operation.operationId} ${status}: ${violation}`))
      }
      return { status, text }
    }
    await answerWithFault(faults.next(request.operation), deed, { request, outgoing, requestId, refuse })
  }

  const server: Server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error) => {
      violations.push(`the simulator failed: ${error}`)
      outgoing.destroy()
    })
  })
  const listen = (on: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(on, '127.0.0.1', () => resolve())
    })
  await listen(port)
  const actualPort = (server.address() as AddressInfo).port

  let reopening: NodeJS.Timeout | undefined
  const stop = (): Promise<unknown> => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    return closed
  }
  function refuse(milliseconds: number): void {
    stop().then(() => {
      reopening = setTimeout(() => void listen(actualPort), milliseconds)
    })
  }

  return {
    host: `http://127.0.0.1:${actualPort}/api/v2`,
    accounts,
    requests,
    violations,
    ada,
    organization,
    project: accounts.addProject('shiny-wind-028834', organization),
    otherProject: accounts.addProject('winter-boat-259881', organization),
    personalProject: accounts.addProject('lonely-field-771104', ada),
    adminKey: first.adminKey.token,
    memberKey: first.memberKey.token,
    organizationKey: first.organizationKey.token,
    strangers,
    inject: (fault) => faults.arm(fault),
    reset() {
      requests.length = 0
      faults.clear()
      for (const key of strangers()) accounts.revoke(key)
    },
    async close() {
      clearTimeout(reopening)
      await stop()
    },
  }
}

interface Exchange {
  request: RecordedRequest
  outgoing: ServerResponse
  requestId: string
  refuse: (milliseconds: number) => void
}

/** Answers as Neon would, unless a fault befalls the request. */
async function answerWithFault(
  failure: Failure | undefined,
  deed: () => Promise<{ status: number; text: string }>,
  { request, outgoing, requestId, refuse }: Exchange,
): Promise<void> {
  const reply = (status: number, text: string, headers: Record<string, string> = {}): void => {
    request.status = status
    send(outgoing, status, text, { 'x-request-id': requestId, ...headers })
  }
  const reset = (): void => {
    outgoing.socket?.resetAndDestroy()
  }
  switch (failure?.kind) {
    case undefined: {
      const { status, text } = await deed()
      return reply(status, text)
    }
    case 'refuse': {
      const { status, text } = await deed()
      outgoing.once('finish', () => refuse(failure.milliseconds))
      return reply(status, text, { connection: 'close' })
    }
    case 'reset':
      if (failure.deed === 'done') await deed()
      return reset()
    case 'late':
      reset()
      await sleep(failure.milliseconds)
      await deed()
      return
    case 'delay': {
      const { status, text } = await deed()
      await sleep(failure.milliseconds, undefined, { ref: false })
      return reply(status, text)
    }
    case 'status': {
      if (failure.deed === 'done') await deed()
      const error = JSON.stringify({ request_id: requestId, code: '', message: `simulated ${failure.status}` })
      return reply(failure.status, failure.body ?? error, failure.headers)
    }
    case 'body':
      await deed()
      return reply(200, failure.body)
    case 'fields': {
      const { status, text } = await deed()
      return reply(status, JSON.stringify({ ...JSON.parse(text), ...failure.fields }))
    }
    case 'truncate': {
      const { status, text } = await deed()
      request.status = status
      outgoing.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      outgoing.write(text.slice(0, text.length / 2), () => outgoing.socket?.destroy())
      return
    }
    case 'trickle': {
      const { status, text } = await deed()
      request.status = status
      outgoing.writeHead(status, { 'content-type': 'application/json' })
      for (const byte of Buffer.from(text)) {
        if (outgoing.destroyed) return
        outgoing.write(Buffer.of(byte))
        await sleep(failure.millisecondsPerByte, undefined, { ref: false })
      }
      outgoing.end()
      return
    }
  }
}

async function performOrRefuse(perform: () => Promise<Answer>, requestId: string): Promise<Answer> {
  try {
    return await perform()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { status: error.status, body: { request_id: requestId, code: '', message: error.message } }
  }
}

/** The request as openapi-backend wants it, and in the form that its handlers get. */
function parse(api: OpenAPIBackend, { method, path, headers, body }: RecordedRequest) {
  const request = {
    method,
    path: path.replace(/^\/api\/v2(?=\/)/, ''),
    headers: headers as Record<string, string>,
    ...(body !== '' && { body }),
  }
  // biome-ignore lint/suspicious/noExplicitAny: openapi-backend's context has members that no handler here uses.
  return { request: { ...request, ...api.router.parseRequest(request, api.matchOperation(request)) } } as any
}

function violationsOf({ errors }: { errors?: { instancePath: string; message?: string }[] | null }): string[] {
  return (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`.trim())
}

function send(outgoing: ServerResponse, status: number, text: string, headers: Record<string, string>): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers })
  outgoing.end(text)
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
