import { failedAnswer } from '../../simulator/neon/faults.ts'
import type { Neon, NeonResponse, RecordedRequest } from '../../simulator/neon/neon.ts'
import { type Http, type HttpRequest, type HttpResponse, TransportError } from '../../src/base/http.ts'
import { API_KEY_PLACEHOLDER, type Mishap } from './schedule.ts'
import type { VirtualClock } from './virtual-time.ts'

/** Milliseconds from one end to the other. */
const LATENCY = 25
const CONNECT_TIMEOUT = 10_000

/** What the network and Neon are to one process. */
export interface NetworkOptions {
  neon: Neon
  clock: VirtualClock
  /** The mishap of the nth request. */
  mishaps: readonly (Mishap | null)[]
  /** The campaign's self-test: lists come back empty, so that nothing can be reconciled. */
  blind: boolean
  /** Told of every mishap that befell a request, and of every request as it arrives at Neon. */
  onMishap: (mishap: Mishap) => void
  onArrival: (request: RecordedRequest) => void
}

/** A network without sockets, in virtual time: requests and answers take a while, get lost or come late. */
export function virtualNetwork({ neon, clock, mishaps, blind, onMishap, onArrival }: NetworkOptions): Http {
  let count = 0
  return {
    exchange: (request) => {
      const mishap = mishaps[count] ?? undefined
      count += 1
      if (mishap) onMishap(mishap)
      return new Promise((resolve, reject) => {
        const attempt = new Attempt(clock, request, resolve, reject)
        if (mishap?.kind === 'never sent') return attempt.neverSent(mishap.code)
        attempt.arrive(() => {
          const { pathname, search } = request.url
          const received = neon.receive({
            method: request.method,
            path: pathname + search,
            headers: request.headers,
            body: request.body ?? '',
          })
          onArrival(received)
          const deed = (): NeonResponse => {
            const response = neon.perform(received, '192.0.2.1')
            received.status = response.status
            const hidden = blind && request.method === 'GET' && pathname.endsWith('/api_keys')
            return hidden ? { ...response, text: '[]' } : response
          }
          befall(attempt, mishap, deed, clock)
        })
      })
    },
  }
}

function befall(
  attempt: Attempt,
  mishap: Exclude<Mishap, { kind: 'never sent' }> | undefined,
  deed: () => NeonResponse,
  clock: VirtualClock,
): void {
  switch (mishap?.kind) {
    case undefined:
    case 'refuse':
      attempt.answer(deed())
      return
    case 'reset':
      if (mishap.deed === 'done') deed()
      attempt.reset()
      return
    case 'late':
      attempt.reset()
      clock.after(mishap.milliseconds, deed)
      return
    case 'delay':
      attempt.answer(deed(), mishap.milliseconds)
      return
    case 'status':
    case 'body':
    case 'fields':
      attempt.answer(failedAnswer(mishap, deed))
      return
    case 'truncate':
      deed()
      attempt.reset()
      return
    case 'trickle': {
      const response = deed()
      attempt.answer(response, response.text.length * mishap.millisecondsPerByte)
      return
    }
  }
}

/** One request on its way; settled once, whatever comes first. */
class Attempt {
  readonly #clock: VirtualClock
  readonly #request: HttpRequest
  readonly #resolve: (response: HttpResponse) => void
  readonly #reject: (error: TransportError) => void
  #open = true
  #sent = false

  constructor(
    clock: VirtualClock,
    request: HttpRequest,
    resolve: (response: HttpResponse) => void,
    reject: (error: TransportError) => void,
  ) {
    this.#clock = clock
    this.#request = request
    this.#resolve = resolve
    this.#reject = reject
    request.signal?.addEventListener('abort', () => this.#fail('stopped, as the job was cancelled'))
    clock.after(request.timeout, () => this.#fail('no answer in time'))
    if (request.signal?.aborted) this.#fail('stopped, as the job was cancelled')
  }

  neverSent(code: string): void {
    const after = code === 'UND_ERR_CONNECT_TIMEOUT' ? CONNECT_TIMEOUT : LATENCY
    this.#clock.after(after, () => this.#fail('the connection failed', Object.assign(new Error(code), { code })))
  }

  arrive(act: () => void): void {
    this.#clock.after(LATENCY, () => {
      // What was given up while connecting never leaves.
      if (!this.#open) return
      this.#sent = true
      act()
    })
  }

  reset(): void {
    this.#clock.after(LATENCY, () => this.#fail('the connection failed', new Error('ECONNRESET')))
  }

  answer({ status, text, headers = {} }: NeonResponse & { headers?: Record<string, string> }, after = 0): void {
    const key = /^Bearer (.*)$/.exec(this.#request.headers.authorization ?? '')?.[1] ?? ''
    const body = text.replace(API_KEY_PLACEHOLDER, key)
    this.#clock.after(after + LATENCY, () => {
      if (!this.#open) return
      this.#open = false
      this.#resolve({ status, headers, body })
    })
  }

  #fail(message: string, cause?: Error): void {
    if (!this.#open) return
    this.#open = false
    this.#reject(new TransportError(message, this.#sent, cause ? { cause } : {}))
  }
}
