import { Agent, type buildConnector, type Dispatcher } from 'undici'

/** One request, one attempt. */
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

/** Sends one request and reads its whole answer, whatever its status. */
export interface Http {
  /** @throws {TransportError} when there is no whole answer */
  exchange(request: HttpRequest): Promise<HttpResponse>
}

/** There was no whole answer. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  /** Whether a byte of the request may have left: then Neon may have acted on it. */
  readonly sent: boolean

  constructor(message: string, sent: boolean, options?: ErrorOptions) {
    super(message, options)
    this.sent = sent
  }
}

const CONNECT_TIMEOUT = 10_000

/** Four times what a list of 10,000 keys takes, the most that Neon advises to have. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024

const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']

/**
 * HTTP by undici, through a proxy where the environment names one. Redirects are answers like any other: undici follows
 * none unless told to.
 */
export function openHttp(environment: Readonly<NodeJS.ProcessEnv>): Http {
  let dispatcher: Promise<Dispatcher> | undefined
  return {
    async exchange(request) {
      dispatcher ??= openDispatcher(environment).catch((cause) => {
        throw new TransportError('the proxy cannot be used', false, { cause })
      })
      return exchange(await dispatcher, request)
    },
  }
}

async function openDispatcher(environment: Readonly<NodeJS.ProcessEnv>): Promise<Dispatcher> {
  // The API key travels here: not even NODE_TLS_REJECT_UNAUTHORIZED=0, which an earlier step may have set for all later
  // ones, switches this off.
  const connect: buildConnector.BuildOptions = { timeout: CONNECT_TIMEOUT, rejectUnauthorized: true }
  const options: Agent.Options = {
    // HTTP/2 would load another of Node's large modules and gain nothing on one or two requests.
    allowH2: false,
    maxResponseSize: MAX_RESPONSE_BYTES,
  }
  if (!PROXY_VARIABLES.some((name) => environment[name])) return new Agent({ ...options, connect })
  const { openProxied } = await import('./proxy.ts')
  return openProxied(options, connect)
}

/**
 * Speaks to undici's `dispatch` rather than to its `request`, because only a handler is told when the request is
 * about to be written (`onRequestStart`), and that decides whether a failed attempt can be repeated.
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
      if (settled) return
      settled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      act()
    }
    const fail = (message: string, cause?: unknown): void =>
      settle(() => reject(new TransportError(message, started !== undefined, cause === undefined ? {} : { cause })))
    const stop = (reason: string): void => {
      fail(reason)
      started?.abort(new Error(reason))
    }
    const onAbort = (): void => stop('stopped, as the job was cancelled')
    const timer = setTimeout(() => stop(`no answer within ${Math.round(timeout / 100) / 10} s`), timeout)
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort)

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        // Given up while connecting: this keeps the request from being written after all.
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
