import { answer, type Connection } from '../../simulator/neon/faults.ts'
import type { Neon, NeonResponse, RecordedRequest } from '../../simulator/neon/neon.ts'
import { type Http, type HttpResponse, TransportError } from '../../src/base/http.ts'
import { EVIL } from './adversary.ts'
import type { Mishap } from './schedule.ts'
import type { VirtualClock } from './virtual-time.ts'

/** Milliseconds that a message travels. */
const LATENCY = 25
const CONNECT_TIMEOUT = 10_000

/** The network and Neon, as seen by one process. */
export interface NetworkOptions {
  neon: Neon
  clock: VirtualClock
  /** The mishap of the nth request. */
  mishaps?: readonly (Mishap | null)[]
  /** The campaign's self-test: lists come back empty, so that nothing can be reconciled. */
  blind?: boolean
  /** Called for every mishap that hits a request, and for every request when it arrives at Neon. */
  onMishap?: (mishap: Mishap) => void
  onArrival?: (request: RecordedRequest) => void
  /** Called with the destination of each request. */
  onSend?: (url: URL, headers: Record<string, string>) => void
}

/** An attacker's proxy: because of TLS, all it can do is refuse. */
export const evilProxy = (clock: VirtualClock): Http => ({
  exchange: () =>
    new Promise((_resolve, reject) => {
      const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
      clock.after(LATENCY, () => reject(new TransportError('the connection failed', false, { cause })))
    }),
})

/** A network without sockets, in virtual time: requests and answers take time, get lost or are late. */
export function virtualNetwork(options: NetworkOptions): Http {
  const { neon, clock, mishaps = [], blind = false, onMishap, onArrival, onSend } = options
  let count = 0
  return {
    exchange: ({ method, url, headers, body = '', timeout, signal }) =>
      new Promise((resolve, reject) => {
        const mishap = mishaps[count] ?? undefined
        count += 1
        if (mishap) onMishap?.(mishap)
        let sent = false
        let givenUp = false
        // The first event settles the request.
        const fail = (message: string, cause?: Error): void => {
          givenUp = true
          reject(new TransportError(message, sent, cause ? { cause } : {}))
        }
        const cancel = (): void => fail('stopped, because the job was cancelled')
        signal?.addEventListener('abort', cancel)
        clock.after(timeout, () => fail('no answer in time'))
        if (signal?.aborted) return cancel()
        if (mishap?.kind === 'never sent') {
          const { code } = mishap
          const after = code === 'UND_ERR_CONNECT_TIMEOUT' ? CONNECT_TIMEOUT : LATENCY
          clock.after(after, () => fail('the connection failed', Object.assign(new Error(code), { code })))
          return
        }
        onSend?.(url, headers)
        if (url.host === EVIL) return clock.after(LATENCY, () => resolve({ status: 200, headers: {}, body: '{}' }))
        clock.after(LATENCY, () => {
          // A request that was aborted while connecting is never sent.
          if (givenUp) return
          sent = true
          const request = neon.receive({ method, path: url.pathname + url.search, headers, body })
          onArrival?.(request)
          const hidden = blind && method === 'GET' && url.pathname.endsWith('/api_keys')
          const apply = (): NeonResponse => ({ ...neon.perform(request, '192.0.2.1'), ...(hidden && { text: '[]' }) })
          const reset = (): void => fail('the connection failed', new Error('ECONNRESET'))
          answer(mishap, { request, apply }, connectionOf(request, clock, { resolve, reset }))
        })
      }),
  }
}

function connectionOf(
  request: RecordedRequest,
  clock: VirtualClock,
  client: { resolve: (response: HttpResponse) => void; reset: () => void },
): Connection {
  const after = (milliseconds: number, act: () => void): void => void clock.after(milliseconds, act)
  const reset = (): void => after(LATENCY, client.reset)
  const reply = ({ status, text: body, headers = {} }: NeonResponse): void => {
    request.status = status
    after(LATENCY, () => client.resolve({ status, headers, body }))
  }
  return {
    reply,
    reset,
    truncate: reset,
    trickle: (response, millisecondsPerByte) =>
      after(response.text.length * millisecondsPerByte, () => reply(response)),
    // The campaign simulates this as a request that is never sent.
    refuse: reply,
    after,
  }
}
