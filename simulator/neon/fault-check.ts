import type { Failure, Fault } from './faults.ts'
import { OPERATIONS } from './openapi.ts'

type Kind = Failure['kind']
type Type = 'number' | 'boolean' | 'text' | 'object'

/** The fields of each kind of failure; a trailing `?` marks an optional one. */
export const FAILURES: Record<Kind, Record<string, Type>> = {
  refuse: { milliseconds: 'number' },
  reset: { applied: 'boolean' },
  late: { milliseconds: 'number' },
  delay: { milliseconds: 'number' },
  status: { status: 'number', applied: 'boolean', 'headers?': 'object', 'body?': 'text' },
  body: { body: 'text' },
  fields: { fields: 'object' },
  truncate: {},
  trickle: { millisecondsPerByte: 'number' },
}

const FAULT: Record<string, Type> = { 'operation?': 'text', 'after?': 'number', 'times?': 'number', failure: 'object' }

/** Validates a fault from a request. @throws {TypeError} that says what is wrong with it */
export function readFault(text: string): Fault {
  const fault: unknown = JSON.parse(text)
  checkFields('a fault', fault, FAULT)
  const { operation, failure } = fault
  if (operation !== undefined && !(OPERATIONS as readonly unknown[]).includes(operation)) {
    throw new TypeError(`operation is '${operation}'; it can be ${OPERATIONS.join(', ')}`)
  }
  const { kind, ...fields } = failure as Record<string, unknown>
  const expected = FAILURES[kind as Kind]
  if (expected === undefined) throw new TypeError(`kind is '${kind}'; it can be ${Object.keys(FAILURES).join(', ')}`)
  checkFields(`a failure of kind ${kind}`, fields, expected)
  return fault as unknown as Fault
}

function checkFields(
  what: string,
  value: unknown,
  fields: Record<string, Type>,
): asserts value is Record<string, unknown> {
  if (typeOf(value) !== 'object') throw new TypeError(`${what} is an object`)
  const given = value as Record<string, unknown>
  const types = new Map(Object.entries(fields).map(([name, type]) => [name.replace('?', ''), type]))
  for (const [name, type] of types) {
    if (given[name] === undefined ? `${name}?` in fields : typeOf(given[name]) === type) continue
    throw new TypeError(`${what} takes ${name}, ${type === 'object' ? 'an object' : `a ${type}`}`)
  }
  const unknown = Object.keys(given).find((name) => !types.has(name))
  if (unknown !== undefined) throw new TypeError(`${what} has no ${unknown}; it has ${[...types.keys()].join(', ')}`)
}

function typeOf(value: unknown): string {
  if (value === null || Array.isArray(value)) return 'neither'
  return typeof value === 'string' ? 'text' : typeof value
}
