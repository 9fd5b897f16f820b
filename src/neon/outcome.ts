import { formatError, NeonRefused, NeonUnreachable } from '../base/errors.ts'
import type { HttpResponse, TransportError } from '../base/http.ts'

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
  | { kind: 'maybe'; why: string }
  | { kind: 'refused'; error: NeonRefused | NeonUnreachable }

/** What messages about an attempt name. */
interface Attempt {
  /** E.g. `create the API key`. */
  action: string
  requestId: string
  /** The current date in milliseconds since 1970, for a `Retry-After` that is a date. */
  date: number
}

/** 423 and 503 are always safe to repeat by Neon's documentation; past a rate limit (429) nothing was done. */
const AGAIN = new Set([423, 429, 503])

/** OpenSSL's and Node's codes for certificates that will not become valid by waiting. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS_/

/** Codes for a proxy variable that holds an invalid URL. */
const ADDRESS = new Set(['ERR_INVALID_URL', 'UND_ERR_INVALID_ARG'])

/** undici's message for a proxy that answers CONNECT with anything but 200 (its proxy-agent.js); they have no code of their own. */
const PROXY_REFUSAL = /^Proxy response \(4\d\d\)/

/**
 * Classifies an answer.
 *
 * @param decode reads a 2xx answer; `undefined` when the answer is invalid
 */
export function classifyResponse<T>(
  response: HttpResponse,
  decode: (body: string) => T | undefined,
  attempt: Attempt,
): Outcome<T> {
  const { status } = response
  if (status >= 200 && status < 300) {
    const value = decode(response.body)
    if (value !== undefined) return { kind: 'done', value }
    return { kind: 'maybe', why: `Neon's answer made no sense (${status}, request ${attempt.requestId})` }
  }
  const quoted = `${quote(response.body)} (${status}, request ${attempt.requestId})`
  if (AGAIN.has(status)) {
    const retryAfter = readRetryAfter(response.headers['retry-after'], attempt.date)
    return {
      kind: 'again',
      why: `Neon could not ${attempt.action} now${quoted}`,
      sent: true,
      limited: status === 429,
      retryAfter,
    }
  }
  if (status >= 300 && status < 400) {
    const message = `The address of Neon's API answered with a redirect (${status}, request ${attempt.requestId}), which is not followed, since the API key would travel along. Check api_host.`
    return { kind: 'refused', error: new NeonRefused(message, status) }
  }
  if (status >= 400 && status < 500) {
    return { kind: 'refused', error: new NeonRefused(`Neon refused to ${attempt.action}${quoted}.`, status) }
  }
  return { kind: 'maybe', why: `Neon failed to ${attempt.action}${quoted}` }
}

/** Classifies an attempt that got no complete answer by whether the request may have left this machine. */
export function classifyFailure(error: TransportError, attempt: Attempt): Outcome<never> {
  const why = `Could not ${attempt.action}: ${formatError(error)} (request ${attempt.requestId})`
  if (error.sent) return { kind: 'maybe', why }
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

/** Neon's own message, from the error object of its OpenAPI document (`GeneralError`). */
function quote(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown }
    if (typeof message === 'string' && message !== '') return `: "${message.slice(0, 300)}"`
  } catch {
    // A proxy or load balancer answers in HTML; its status says enough.
  }
  return ''
}

/**
 * @returns milliseconds to wait, or `undefined` where the header is missing or unreadable
 * @see RFC 9110, section 10.2.3: either seconds or a date
 */
function readRetryAfter(header: string | string[] | undefined, date: number): number | undefined {
  const value = (Array.isArray(header) ? header[0] : header)?.trim()
  if (!value) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - date)
}
