import { Deadline } from '../../src/base/clock.ts'
import type { HttpRequest, HttpResponse } from '../../src/base/http.ts'
import { connect, type Neon } from '../../src/neon/client.ts'

/** A Neon that gives prepared answers; time passes only in waits. */
export interface ScriptedNeon {
  neon: Neon
  /** The requests, with their bodies. */
  requests: string[]
  sent: HttpRequest[]
  /** What was logged before each wait. */
  waits: string[]
  masked: string[]
}

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

/** @param answers one after another; then 500 */
export function scriptedNeon(...answers: HttpResponse[]): ScriptedNeon {
  let now = 0
  const clock = {
    now: () => now,
    date: () => 0,
    async sleep(milliseconds: number) {
      now += milliseconds
    },
  }
  const [requests, sent, waits, masked]: [string[], HttpRequest[], string[], string[]] = [[], [], [], []]
  const exchange = async (request: HttpRequest): Promise<HttpResponse> => {
    const { method, url, body } = request
    sent.push(request)
    requests.push([method, url.pathname, body].filter(Boolean).join(' '))
    return answers.shift() ?? answer({}, 500)
  }
  const runner = {
    mask: (secret: string) => void masked.push(secret),
    waiting: (text: string) => void waits.push(text),
  }
  const neon = connect(
    { clock, http: { exchange }, random: () => 0.5, cancelled: new AbortController().signal, runner },
    { apiHost: 'https://neon.test', apiKey: 'the-long-lived-key', deadline: new Deadline(clock, 60_000) },
  )
  return { neon, requests, sent, waits, masked }
}
