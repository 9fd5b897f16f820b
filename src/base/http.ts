import type { LookupFunction } from 'node:net'
import type { Dispatcher } from 'undici'
import buildConnector from 'undici/lib/core/connect.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import { isLoopback } from './loopback.ts'
import { afterLookup, lookup } from './names.ts'
import type { ProxySettings } from './proxy-settings.ts'

/** One attempt of a request. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE'
  url: URL
  headers: Record<string, string>
  body?: string
  /** Milliseconds from the call to the last byte of the answer. */
  timeout: number
  /** Ends the attempt early. */
  signal?: AbortSignal | undefined
}

export interface HttpResponse {
  status: number
  /** Lower-case names. */
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** Sends one request and reads its complete answer, with any status. */
export interface Http {
  /** @throws {TransportError} if there is no complete answer */
  exchange(request: HttpRequest): Promise<HttpResponse>
}

/** There was no complete answer. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  /** Whether any byte of the request may have been sent: then Neon may have carried it out. */
  readonly sent: boolean

  constructor(message: string, sent: boolean, options?: ErrorOptions) {
    super(message, options)
    this.sent = sent
  }
}

/** Milliseconds, without the look-up of the host name. */
const CONNECT_TIMEOUT = 10_000

/** Four times the size of a list of 10,000 keys, the maximum that Neon recommends. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024

/**
 * HTTP with undici, through a proxy if one is set. Loopback addresses are always connected to directly. Redirects are
 * returned like any other answer: undici does not follow them by default.
 */
export function openHttp(proxies: ProxySettings): Http {
  let direct: Dispatcher | undefined
  let proxied: Promise<Dispatcher> | undefined
  const dispatcherFor = (url: URL): Dispatcher | Promise<Dispatcher> => {
    if ((proxies.https === '' && proxies.http === '') || isLoopback(url.hostname)) {
      direct ??= new Agent({ ...OPTIONS, connect: afterLookup(buildConnector(CONNECT)) })
      return direct
    }
    proxied ??= openProxied(proxies)
    return proxied
  }
  return {
    exchange: async (request) => exchange(await dispatcherFor(request.url), request),
  }
}

// The API key is sent over these connections, so certificates are verified even with NODE_TLS_REJECT_UNAUTHORIZED=0, which
// an earlier step may have set.
const CONNECT: ConnectOptions = { timeout: CONNECT_TIMEOUT, rejectUnauthorized: true, allowH2: false, lookup }

const OPTIONS: Agent.Options = {
  // HTTP/2 would load another large module of Node, without a benefit for one or two requests.
  allowH2: false,
  maxResponseSize: MAX_RESPONSE_BYTES,
}

export type ConnectOptions = buildConnector.BuildOptions & { lookup: LookupFunction }

/** Loads the code for proxies only if there is one. */
async function openProxied(proxies: ProxySettings): Promise<Dispatcher> {
  const proxy = await import(/* webpackChunkName: "proxy" */ './proxy.ts')
  return proxy.openProxied(proxies, OPTIONS, CONNECT)
}

/**
 * Calls undici's `dispatch` rather than its `request`, because only a handler learns when the request is about to be
 * written (`onRequestStart`), which decides whether a failed attempt can be repeated.
 */
function exchange(
  dispatcher: Dispatcher,
  { url, method, headers, body, timeout, signal }: HttpRequest,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let started: Dispatcher.DispatchController | undefined
    let settled = false
    const answer: HttpResponse = { status: 0, headers: {}, body: '' }
    const chunks: Buffer[] = []

    const settle = (act: () => void): void => {
      settled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      act()
    }
    const fail = (message: string, cause?: unknown): void =>
      settle(() => reject(new TransportError(message, started !== undefined, { cause })))
    const stop = (reason: string): void => {
      fail(reason)
      started?.abort(new Error(reason))
    }
    const onAbort = (): void => stop('stopped, because the job was cancelled')
    const timer = setTimeout(() => stop(`no answer within ${Math.round(timeout / 100) / 10} s`), timeout)
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort)

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        // The attempt ended while connecting: do not write the request.
        if (settled) return controller.abort(new Error('given up'))
        started = controller
      },
      onResponseStart(_controller, status, responseHeaders) {
        answer.status = status
        answer.headers = responseHeaders
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk)
      },
      onResponseEnd() {
        answer.body = Buffer.concat(chunks).toString('utf8')
        settle(() => resolve(answer))
      },
      onResponseError(_controller, error) {
        fail('the connection failed', error)
      },
    }
    const path = `${url.pathname}${url.search}`
    dispatcher.dispatch({ origin: url.origin, path, method, headers, body: body ?? null }, handler)
  })
}
