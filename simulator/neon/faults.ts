import { parseKeepingIds } from '../../src/base/json.ts'
import { int64 } from './int64.ts'
import type { NeonResponse, RecordedRequest } from './neon.ts'
import type { OperationId } from './openapi.ts'

/** Placeholder for the request's own key in the body of a simulated answer. */
export const API_KEY_PLACEHOLDER = '{{api_key}}'

/** What goes wrong with a request. A request is applied once Neon has done what it asks for, e.g. created a key. */
export type Failure =
  /** The request is answered; then the server refuses connections for this many milliseconds. */
  | { kind: 'refuse'; milliseconds: number }
  /** The connection is reset, before the request is applied or after it. */
  | { kind: 'reset'; applied: boolean }
  /** The connection is reset, and the request is applied this many milliseconds later. */
  | { kind: 'late'; milliseconds: number }
  /** The request is applied; the answer comes this many milliseconds later (or never, if the client does not wait). */
  | { kind: 'delay'; milliseconds: number }
  /** An answer with this status; the request is applied or not. */
  | { kind: 'status'; status: number; applied: boolean; headers?: Record<string, string>; body?: string }
  /** The request is applied; the answer is 200 with this body, or the real answer with these fields replaced. */
  | { kind: 'body'; body: string }
  | { kind: 'fields'; fields: Record<string, unknown> }
  /** The request is applied; the real answer breaks off in the middle. */
  | { kind: 'truncate' }
  /** The request is applied; the real answer arrives a byte at a time. */
  | { kind: 'trickle'; millisecondsPerByte: number }

/** A failure and the requests that it hits. */
export interface Fault {
  /** Any operation if absent. */
  operation?: OperationId
  /** How many of these requests succeed first; 0 by default. */
  after?: number
  /** How many requests it hits; 1 by default. */
  times?: number
  failure: Failure
}

/** The faults that have not yet happened. */
export class Faults {
  #armed: Required<Omit<Fault, 'operation'> & { operation: OperationId | undefined }>[] = []

  arm({ operation, after = 0, times = 1, failure }: Fault): void {
    this.#armed.push({ operation, after, times, failure })
  }

  clear(): void {
    this.#armed = []
  }

  /** The failure that hits this request, if any. */
  next(operation: OperationId | undefined): Failure | undefined {
    let failure: Failure | undefined
    for (const fault of this.#armed) {
      if (fault.operation !== undefined && fault.operation !== operation) continue
      // Every fault counts every request, including those that another fault hits.
      if (fault.after > 0) fault.after -= 1
      else if (fault.times > 0 && !failure) {
        fault.times -= 1
        failure = fault.failure
      }
    }
    return failure
  }
}

/** What can be done with a request's connection: a real socket, or a connection in the campaign's virtual time. */
export interface Connection {
  reply(response: NeonResponse): void
  reset(): void
  /** Sends half of an answer, then ends the connection. */
  truncate(response: NeonResponse): void
  /** Sends an answer a byte at a time. */
  trickle(response: NeonResponse, millisecondsPerByte: number): void
  /** Answers, then refuses connections for a while. */
  refuse(response: NeonResponse, milliseconds: number): void
  /** Does something later. */
  after(milliseconds: number, act: () => void): void
}

/** A request that Neon has received, and the function that applies it. */
export interface Arrival {
  request: RecordedRequest
  apply: () => NeonResponse
}

/** Answers as Neon would, or as the failure says. */
export function answer(failure: Failure | undefined, { request, apply }: Arrival, connection: Connection) {
  const withKey = (text: string): string =>
    text.replaceAll(API_KEY_PLACEHOLDER, request.headers.authorization?.replace('Bearer ', '') ?? '')
  switch (failure?.kind) {
    case undefined:
      return connection.reply(apply())
    case 'refuse':
      return connection.refuse(apply(), failure.milliseconds)
    case 'reset':
      if (failure.applied) apply()
      return connection.reset()
    case 'late':
      connection.reset()
      return connection.after(failure.milliseconds, apply)
    case 'delay': {
      const response = apply()
      return connection.after(failure.milliseconds, () => connection.reply(response))
    }
    case 'status': {
      const requestId = failure.applied ? apply().requestId : ''
      const error = JSON.stringify({ request_id: requestId, code: '', message: `simulated ${failure.status}` })
      const { status, body: text = error, headers = {} } = failure
      return connection.reply({ status, text: withKey(text), requestId, headers })
    }
    case 'body':
      return connection.reply({ ...apply(), status: 200, text: withKey(failure.body) })
    case 'fields': {
      const response = apply()
      const fields = { ...(parseKeepingIds(response.text) as object), ...failure.fields }
      const withIds = (_name: string, value: unknown) => (typeof value === 'bigint' ? int64(String(value)) : value)
      return connection.reply({ ...response, text: JSON.stringify(fields, withIds) })
    }
    case 'truncate':
      return connection.truncate(apply())
    case 'trickle':
      return connection.trickle(apply(), failure.millisecondsPerByte)
  }
}
