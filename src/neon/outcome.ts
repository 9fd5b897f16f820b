import { formatError, NeonRefused, NeonUnreachable } from '../base/errors.ts'
import type { HttpResponse, TransportError } from '../base/http.ts'
import { decodeError, InvalidBody } from './answers.ts'

/**
 * How one attempt ended, by the table in docs/behavior.md, *Requests*.
 *
 * - `done`: Neon did it, and the answer is valid.
 * - `again`: Neon did not do it and may be asked again.
 * - `maybe`: nobody knows whether Neon did it.
 * - `refused`: Neon said no, or cannot be reached; asking again would not help.
 */
export type Outcome<T> =
  | { kind: 'done'; value: T }
  | { kind: 'again'; why: string; sent: boolean; limited: boolean; retryAfter: number | undefined }
  /** `invalid`: the answer was a 2xx whose body is not what was asked for. */
  | { kind: 'maybe'; why: string; invalid: boolean }
  | { kind: 'refused'; error: NeonRefused | NeonUnreachable }

/** What messages about an attempt name. */
interface Attempt {
  /** E.g. `create the API key`. */
  action: string
  requestId: string
  /** The current date in milliseconds since 1970, for a `Retry-After` that is a date. */
  date: number
}

/**
 * Statuses by which Neon says that it did nothing (https://api-docs.neon.tech/reference/getting-started-with-neon-api).
 * A gateway may say the same after Neon has acted, so they count only where it was certainly Neon who answered.
 */
const UNDONE = new Set([423, 503])

/** OpenSSL's and Node's codes for certificates that will not become valid by waiting. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS_/

/** Codes for a proxy variable that holds an invalid URL. */
const ADDRESS = new Set(['ERR_INVALID_URL', 'UND_ERR_INVALID_ARG'])

/** undici's message for a proxy that answers CONNECT with anything but 200 (its proxy-agent.js); they have no code of their own. */
const PROXY_REFUSAL = /^Proxy response \(4\d\d\)/

/**
 * Classifies an answer.
 *
 * @param decode reads the body of a 2xx answer; throws {@link InvalidBody}
 */
export function classifyResponse<T>(response: HttpResponse, decode: (body: string) => T, attempt: Attempt): Outcome<T> {
  const { status, body, headers } = response
  if (status >= 200 && status < 300) return readAnswer(response, decode, attempt)
  const neons = decodeError(body, attempt.requestId)
  const reason = neons?.message
  const quoted = `${reason ? `: "${reason.slice(0, 300)}"` : ''} (${status}, request ${attempt.requestId})`
  if (status === 429 || (UNDONE.has(status) && neons?.certain)) {
    const retryAfter = readRetryAfter(headers, attempt.date)
    const why = `Neon could not ${attempt.action} now${quoted}`
    return { kind: 'again', why, sent: true, limited: status === 429, retryAfter }
  }
  if (status >= 300 && status < 400) {
    const message = `The address of Neon's API answered with a redirect (${status}, request ${attempt.requestId}), which is not followed, since the API key would travel along. Check api_host.`
    return { kind: 'refused', error: new NeonRefused(message, status) }
  }
  if (status >= 400 && status < 500 && !UNDONE.has(status)) {
    const error = new NeonRefused(`Neon refused to ${attempt.action}${quoted}.`, status, reason)
    return { kind: 'refused', error }
  }
  return { kind: 'maybe', why: `Neon failed to ${attempt.action}${quoted}`, invalid: false }
}

function readAnswer<T>({ status, body }: HttpResponse, decode: (body: string) => T, attempt: Attempt): Outcome<T> {
  try {
    return { kind: 'done', value: decode(body) }
  } catch (error) {
    if (!(error instanceof InvalidBody)) throw error
    const why = `Asked to ${attempt.action}, Neon answered with ${error.message} (${status}, request ${attempt.requestId})`
    return { kind: 'maybe', why, invalid: true }
  }
}

/** Classifies an attempt that got no complete answer by whether the request may have left this machine. */
export function classifyFailure(error: TransportError, attempt: Attempt): Outcome<never> {
  const why = `Could not ${attempt.action}: ${formatError(error)} (request ${attempt.requestId})`
  if (error.sent) return { kind: 'maybe', why, invalid: false }
  const advice = adviceForLasting(error.cause)
  if (advice !== undefined) return { kind: 'refused', error: new NeonUnreachable(`${why}. ${advice}`) }
  return { kind: 'again', why, sent: false, limited: false, retryAfter: undefined }
}

/** What to do about a failure that waiting cannot fix; `undefined` for one that may pass. */
function adviceForLasting(cause: unknown): string | undefined {
  const { message, code } = (cause ?? {}) as NodeJS.ErrnoException
  if (PROXY_REFUSAL.test(message ?? '') || ADDRESS.has(code ?? '')) return 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.'
  if (CERTIFICATE.test(code ?? '')) {
    return 'If a proxy of your own signs the connection, name its certificate in NODE_EXTRA_CA_CERTS.'
  }
  return undefined
}

/**
 * Reads how long Neon asks to wait. A date counts from the answer's own `Date`, since this machine's clock may be wrong.
 *
 * @param date the current date in milliseconds since 1970, for an answer without a `Date`
 * @returns milliseconds, or `undefined` where the header is missing or unreadable
 * @see RFC 9110, section 10.2.3: either seconds or a date
 */
function readRetryAfter(headers: HttpResponse['headers'], date: number): number | undefined {
  const value = headerOf(headers, 'retry-after')
  if (!value) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const until = Date.parse(value)
  const sent = Date.parse(headerOf(headers, 'date') ?? '')
  return Number.isNaN(until) ? undefined : Math.max(0, until - (Number.isNaN(sent) ? date : sent))
}

function headerOf(headers: HttpResponse['headers'], name: string): string | undefined {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value)?.trim()
}
