import { randomUUID } from 'node:crypto'
import type { Clock, Deadline } from '../base/clock.ts'
import { type Http, type HttpRequest, type HttpResponse, TransportError } from '../base/http.ts'
import { VERSION } from '../base/version.ts'
import { classifyFailure, classifyResponse, type Outcome } from './outcome.ts'
import { Retrier } from './retry.ts'

/** Milliseconds that a request in flight has to finish after the job is cancelled; the runner sends SIGTERM after 7.5 s. */
const CANCEL_GRACE = 6_000

/** The effects that requests to Neon need. */
export interface Effects {
  clock: Clock
  http: Http
  /** Uniform in [0, 1). */
  random: () => number
  /** Aborts when the runner cancels the job. */
  cancelled: AbortSignal
  runner: {
    /** Called with anything in an answer that may be an API key, before the answer is checked. */
    mask(secret: string): void
    /** Called before each wait. */
    waiting(message: string): void
  }
}

/** One connection: the address of Neon's API, and the key that is sent there. */
export interface Connection {
  apiHost: string
  apiKey: string
  deadline: Deadline
  /** Called before each wait instead of the runner's `waiting`. */
  onWait?: (message: string) => void
}

/** A request to Neon's API. */
export interface Call<T> {
  /** For messages, e.g. `create the API key`. */
  action: string
  method: HttpRequest['method']
  path: string
  body?: Record<string, string>
  /** Milliseconds for one attempt, from connecting to the last byte. */
  timeout: number
  /** Reads the body of a 2xx answer; throws {@link InvalidBody}. */
  decode: (body: string) => T
}

/** Sends requests to Neon; no other code does. */
export class Requests {
  readonly retrier: Retrier
  /** Milliseconds by which Neon's clock, by its last answer, is ahead of this machine's. */
  #ahead = 0
  readonly #effects: Effects
  readonly #connection: Connection

  constructor(effects: Effects, connection: Connection) {
    const { clock, random, cancelled, runner } = effects
    const { deadline, onWait = runner.waiting } = connection
    this.#effects = effects
    this.#connection = connection
    this.retrier = new Retrier({ clock, deadline, random, cancelled, onWait })
  }

  /** Masks a possible API key in all logs from now on. */
  readonly mask = (secret: string): void => this.#effects.runner.mask(secret)

  /** Whether this is the key that sends the requests. */
  isOwnKey(key: string): boolean {
    return key === this.#connection.apiKey
  }

  /**
   * Repeats a request until Neon has answered, by the table in docs/behavior.md, *Requests*.
   *
   * @throws {NeonRefused | NeonUnreachable | InvalidAnswer | GaveUp | Cancelled}
   */
  retry<T>(call: Call<T>): Promise<T> {
    return this.retrier.retry(() => this.attempt(call))
  }

  /** Sends a request once. */
  async attempt<T>(call: Call<T>): Promise<Outcome<T>> {
    const { clock, http, cancelled } = this.#effects
    const requestId = randomUUID()
    const controller = new AbortController()
    const abort = (): void => controller.abort()
    // A request that only reads is aborted at once; one that changes something has the time that the runner leaves.
    const onCancel = (): void => {
      if (call.method === 'GET') abort()
      else clock.sleep(CANCEL_GRACE, controller.signal).then(abort, () => {})
    }
    if (cancelled.aborted) onCancel()
    else cancelled.addEventListener('abort', onCancel)
    const about = { action: call.action, requestId, date: clock.date() }
    try {
      const response = await http.exchange({ ...this.#request(call, requestId), signal: controller.signal })
      this.#readClock(response)
      return classifyResponse(response, call.decode, about)
    } catch (error) {
      if (error instanceof TransportError) return classifyFailure(error, about)
      throw error
    } finally {
      cancelled.removeEventListener('abort', onCancel)
      abort()
    }
  }

  /** The date and time of Neon's clock, in milliseconds since 1970, for comparison with dates in its answers. */
  date(): number {
    return this.#effects.clock.date() + this.#ahead
  }

  #readClock({ headers }: HttpResponse): void {
    const sent = Date.parse(String(headers.date))
    if (!Number.isNaN(sent)) this.#ahead = sent - this.#effects.clock.date()
  }

  #request<T>({ method, path, body, timeout }: Call<T>, requestId: string): HttpRequest {
    const { apiHost, apiKey, deadline } = this.#connection
    return {
      method,
      url: new URL(`${apiHost}${path}`),
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        authorization: `Bearer ${apiKey}`,
        'user-agent': `ephemeral-neon-api-key/${VERSION}`,
        'x-request-id': requestId,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      timeout: Math.min(timeout, deadline.remaining()),
    }
  }
}
