import { parseKeepingIds } from '../../src/base/json.ts'
import { int64 } from './int64.ts'
import type { NeonResponse } from './neon.ts'
import type { OperationId } from './openapi.ts'

/** What goes wrong with a request. The deed is what the request asks for: a key created, a key revoked. */
export type Failure =
  /** The request is answered; after that nobody listens for so many milliseconds. */
  | { kind: 'refuse'; milliseconds: number }
  /** The connection is reset, before the deed or after it. */
  | { kind: 'reset'; deed: 'never' | 'done' }
  /** The connection is reset and the deed lands so many milliseconds later. */
  | { kind: 'late'; milliseconds: number }
  /** The deed is done, the answer comes so many milliseconds later (or never, if the client does not wait). */
  | { kind: 'delay'; milliseconds: number }
  /** An answer with this status; the deed is done or not. */
  | { kind: 'status'; status: number; deed: 'never' | 'done'; headers?: Record<string, string>; body?: string }
  /** The deed is done; the answer is 200 with this body, or with these fields of the true one replaced. */
  | { kind: 'body'; body: string }
  | { kind: 'fields'; fields: Record<string, unknown> }
  /** The deed is done; the true answer breaks off in the middle. */
  | { kind: 'truncate' }
  /** The deed is done; the true answer trickles, a byte at a time. */
  | { kind: 'trickle'; millisecondsPerByte: number }

/** A failure and the requests that it befalls. */
export interface Fault {
  /** Absent: any operation. */
  operation?: OperationId
  /** How many of these requests pass unharmed first; 0 unless told. */
  after?: number
  /** How many requests it befalls; 1 unless told. */
  times?: number
  failure: Failure
}

interface Armed {
  operation: OperationId | undefined
  after: number
  times: number
  failure: Failure
}

/** The faults that are still to come. */
export class Faults {
  #armed: Armed[] = []

  arm({ operation, after = 0, times = 1, failure }: Fault): void {
    this.#armed.push({ operation, after, times, failure })
  }

  clear(): void {
    this.#armed = []
  }

  /** The failure that befalls this request, if any. */
  next(operation: OperationId | undefined): Failure | undefined {
    let failure: Failure | undefined
    for (const fault of this.#armed) {
      if (fault.operation !== undefined && fault.operation !== operation) continue
      // Every fault counts every request, also one that another fault befalls.
      if (fault.after > 0) fault.after -= 1
      else if (fault.times > 0 && !failure) {
        fault.times -= 1
        failure = fault.failure
      }
    }
    return failure
  }
}

/** The answer to a request that a fault befalls whose connection holds. */
export function failedAnswer(
  failure: Extract<Failure, { kind: 'status' | 'body' | 'fields' }>,
  deed: () => NeonResponse,
): NeonResponse & { headers: Record<string, string> } {
  if (failure.kind === 'status') {
    const requestId = failure.deed === 'done' ? deed().requestId : ''
    const error = JSON.stringify({ request_id: requestId, code: '', message: `simulated ${failure.status}` })
    return { status: failure.status, text: failure.body ?? error, requestId, headers: failure.headers ?? {} }
  }
  const { status, text, requestId } = deed()
  if (failure.kind === 'body') return { status: 200, text: failure.body, requestId, headers: {} }
  const changed = JSON.stringify({ ...(parseKeepingIds(text) as object), ...failure.fields }, (_key, value) =>
    typeof value === 'bigint' ? int64(String(value)) : value,
  )
  return { status, text: changed, requestId, headers: {} }
}
