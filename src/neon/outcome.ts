import { formatError, NeonRefused, NeonUnreachable } from '../base/errors.ts'
import type { HttpResponse, TransportError } from '../base/http.ts'
import { decodeError, InvalidBody } from './answers.ts'

/**
 * How one attempt ended, by the table in docs/behavior.md, *Requests*.
 *
 * - `done`: Neon carried out the request, and the answer is valid.
 * - `again`: Neon did not carry out the request, which can be repeated.
 * - `maybe`: it is unknown whether Neon carried out the request.
 * - `refused`: Neon refused, or cannot be reached; a retry would not help.
 */
export type Outcome<T> =
  | { kind: 'done'; value: T }
  | { kind: 'again'; why: string; sent: boolean; limited: boolean; retryAfter: number | undefined }
  /** `invalid`: the answer was a 2xx with an invalid body. */
  | { kind: 'maybe'; why: string; invalid: boolean }
  | { kind: 'refused'; error: NeonRefused | NeonUnreachable }

/** Details of an attempt, for messages. */
interface Attempt {
  /** E.g. `create the API key`. */
  action: string
  requestId: string
  /** The current date in milliseconds since 1970, for a `Retry-After` that is a date. */
  date: number
}

/**
 * Statuses that mean that Neon did nothing (https://api-docs.neon.tech/reference/getting-started-with-neon-api). A gateway
 * may send them after Neon has acted, so they count only if the answer certainly comes from Neon.
 */
const UNDONE = new Set([423, 503])

/** Statuses of a gateway's timeout; Neon may still have acted. */
const TIMED_OUT = new Set([408, 425, 499])

/** undici's error for an answer that is not HTTP/1.1; it has no code. */
const NOT_HTTP = /^HTTPParserError$/

/** Codes for an answer that cannot come from Neon: not HTTP/1.1, or larger than any of Neon's. */
const INVALID = /^(?:HTTPParserError|UND_ERR_RES_EXCEEDED_MAX_SIZE)$/

/** Details of a permanent failure, for its advice. */
interface Failed {
  /** The settings that determine the server. */
  settings: string
  /** This machine's date and time. */
  now: string
}

const PROXY_SETTINGS = 'HTTPS_PROXY, HTTP_PROXY and NO_PROXY'

/** Codes of failures that waiting cannot fix (src/base/proxy.ts, Node, OpenSSL), and what to do about them. */
const PERMANENT: readonly (readonly [codes: RegExp, advice: (failed: Failed) => string])[] = [
  [/^PROXY_(?:UNUSABLE|REFUSED)$/, ({ settings }) => `Check ${settings}.`],
  [
    /^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/,
    ({ now }) =>
      `The clock of this machine says ${now}. If that is wrong, correct it; otherwise, renew the certificate.`,
  ],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, ({ settings }) => `The certificate is for another host name. Check ${settings}.`],
  [/^ERR_SSL_.*CERTIFICATE/, ({ settings }) => `The server requires a client certificate. Check ${settings}.`],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|^ERR_TLS_/,
    () => 'If a proxy uses its own certificate, set NODE_EXTRA_CA_CERTS to a file that contains it.',
  ],
  [
    /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/,
    ({ settings }) =>
      `The server does not use TLS. Check ${settings}: whether https:// should be http://, and the port.`,
  ],
  [
    /^ERR_SSL_.*(?:PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|HANDSHAKE_FAILURE|NO_CIPHERS_AVAILABLE)$/,
    ({ settings }) => `The server does not support TLS 1.2 or newer. Check ${settings}.`,
  ],
  [/^ERR_SSL_.*NO_APPLICATION_PROTOCOL$/, ({ settings }) => `The server does not support HTTP/1.1. Check ${settings}.`],
  [/^ERR_SSL_.*UNRECOGNIZED_NAME$/, ({ settings }) => `The server does not know this host name. Check ${settings}.`],
  [NOT_HTTP, ({ settings }) => `The server does not support HTTP/1.1. Check ${settings}.`],
]

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
    const message = `The address of Neon's API answered with a redirect (${status}, request ${attempt.requestId}), which is not followed, since that would send the API key elsewhere. Check api_host.`
    return { kind: 'refused', error: new NeonRefused(message, status) }
  }
  const mayBeDone = UNDONE.has(status) || (TIMED_OUT.has(status) && !neons?.certain)
  if (status >= 400 && status < 500 && !mayBeDone) {
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
    const why = `Could not ${attempt.action}: Neon answered with ${error.message} (${status}, request ${attempt.requestId})`
    return { kind: 'maybe', why, invalid: true }
  }
}

/** Classifies an attempt without a complete answer by whether any of the request may have been sent. */
export function classifyFailure(error: TransportError, attempt: Attempt): Outcome<never> {
  const why = `Could not ${attempt.action}: ${formatError(error)} (request ${attempt.requestId})`
  const codes = codesOf(error)
  if (error.sent) return { kind: 'maybe', why, invalid: codes.some((code) => INVALID.test(code)) }
  const advice = adviceForPermanent(codes, attempt.date)
  if (advice !== undefined) return { kind: 'refused', error: new NeonUnreachable(`${why}. ${advice}`) }
  return { kind: 'again', why, sent: false, limited: false, retryAfter: undefined }
}

/** The codes of an error and its causes; the names of those without a code. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : []
  return [String((error as NodeJS.ErrnoException).code ?? error.name), ...inner, ...codesOf(error.cause)]
}

/** What to do about a failure that waiting cannot fix; `undefined` for a temporary one. */
function adviceForPermanent(codes: readonly string[], date: number): string | undefined {
  const settings = codes.some((code) => code.startsWith('PROXY_')) ? PROXY_SETTINGS : 'api_host'
  const failed = { settings, now: new Date(date).toISOString() }
  return PERMANENT.find(([permanent]) => codes.some((code) => permanent.test(code)))?.[1](failed)
}

/**
 * Reads how long Neon asks to wait. A date is compared with the answer's `Date`, since this machine's clock may be wrong.
 *
 * @param date the current date in milliseconds since 1970, for an answer without a `Date`
 * @returns milliseconds, or `undefined` if the header is missing or invalid
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
