import { Deadline } from '../../src/base/clock.ts'
import type { HttpRequest, HttpResponse } from '../../src/base/http.ts'
import { connect, type Neon } from '../../src/neon/client.ts'
import type { Effects } from '../../src/neon/requests.ts'

export const LONG_LIVED = 'the-long-lived-key'

export const answer = (body: unknown, status = 200): HttpResponse => ({
  status,
  headers: {},
  body: JSON.stringify(body),
})
/** A status with Neon's own error. */
export const refusal = (status: number): HttpResponse => answer({ message: `it is ${status}`, code: '' }, status)
export const created = (id: number, fields = {}): HttpResponse => answer({ id, key: `fresh-key-${id}`, ...fields })
export const listed = (...keys: [id: number, name: string, project_id?: string][]): HttpResponse =>
  answer(keys.map(([id, name, project_id]) => ({ id, name, project_id })))
export const revoked = (id: number): HttpResponse => answer({ id, revoked: true })

/** A text with the same words in each run. */
export const withoutRequestIds = (text: string): string => text.replaceAll(/request [0-9a-f-]{36}/g, 'request r')

/** An HTTP that gives prepared answers, one after another and then 500, and a clock on which time passes only in waits. */
export function script(answers: readonly HttpResponse[], onRequest: (request: HttpRequest) => void) {
  let now = 0
  const left = [...answers]
  const clock = {
    now: () => now,
    date: () => 0,
    async sleep(milliseconds: number, signal?: AbortSignal) {
      signal?.throwIfAborted()
      now += milliseconds
    },
  }
  const exchange = async (request: HttpRequest): Promise<HttpResponse> => {
    onRequest(request)
    return left.shift() ?? answer({}, 500)
  }
  return { clock, http: { exchange }, random: () => 0.5 }
}

/** The method, path and body of a request. */
export const inShort = ({ method, url, body }: HttpRequest): string =>
  [method, url.pathname, body].filter(Boolean).join(' ')

/** A Neon that gives prepared answers. */
export interface ScriptedNeon {
  neon: Neon
  requests: string[]
  sent: HttpRequest[]
  /** What was logged before each wait. */
  waits: string[]
  masked: string[]
}

/** Connects for a minute, with the long-lived key. */
export function connectFor(effects: Effects): Neon {
  const deadline = new Deadline(effects.clock, 60_000)
  return connect(effects, { apiHost: 'https://neon.test', apiKey: LONG_LIVED, deadline })
}

export function scriptedNeon(...answers: HttpResponse[]): ScriptedNeon {
  const [requests, sent, waits, masked]: [string[], HttpRequest[], string[], string[]] = [[], [], [], []]
  const effects = script(answers, (request) => {
    sent.push(request)
    requests.push(inShort(request))
  })
  const runner = {
    mask: (secret: string) => void masked.push(secret),
    waiting: (text: string) => void waits.push(text),
  }
  const neon = connectFor({ ...effects, cancelled: new AbortController().signal, runner })
  return { neon, requests, sent, waits, masked }
}
