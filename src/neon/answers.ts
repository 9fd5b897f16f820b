// Reads Neon's answers liberally, since Neon's documents disagree about the fields of an answer. An answer is valid if it
// has the fields that the action needs; see docs/behavior.md, *Answers*.

import { parseKeepingIds } from '../base/json.ts'
import { canBeApiKey } from './api-key.ts'
import { NEON_ID } from './scope.ts'

/** The body of a 2xx answer is invalid. The message describes the body, but never quotes it. */
export class InvalidBody extends Error {
  override readonly name = 'InvalidBody'
}

/** An API key in Neon's answer to a create. */
export interface AnsweredKey {
  id: string
  /** The key itself. */
  key: string
  /** `undefined` if the answer has none. */
  name: string | undefined
  /** `undefined` if the answer has none. */
  projectId: string | undefined
}

/** An API key in Neon's list. */
export interface ListedKey {
  id: string
  name: string
  createdAt: string
  lastUsedAt: string | undefined
  /** The project that the key is limited to; `undefined` if it is not limited to one. */
  projectId: string | undefined
}

/** An API key in Neon's answer to a revocation. */
export interface RevokedKey {
  /** A date, `never`, or `undefined` if the answer does not say. */
  lastUsedAt: string | undefined
  /** For debug logs only. */
  lastUsedFrom: string | undefined
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads the answer to a create.
 *
 * @param onSecret called with anything that may be a key, before it is checked
 * @throws {InvalidBody}
 */
export function decodeCreatedKey(body: string, onSecret: (secret: string) => void): AnsweredKey {
  const answer = readObject(body)
  const key = readString(answer, 'key')
  if (key !== undefined) onSecret(key)
  const id = readId(answer)
  if (key === undefined) throw new InvalidBody('JSON without an API key')
  if (!canBeApiKey(key)) throw new InvalidBody('JSON with a key that cannot be an API key')
  return { id, key, name: readString(answer, 'name'), projectId: readString(answer, 'project_id') }
}

/**
 * Reads the answer to a revocation.
 *
 * @throws {InvalidBody} unless it says that this key is revoked
 */
export function decodeRevokedKey(body: string, id: string): RevokedKey {
  const answer = readObject(body)
  if (readId(answer) !== id) throw new InvalidBody('an answer about another API key')
  if (answer.revoked !== true) throw new InvalidBody('JSON that does not say that the API key is revoked')
  const lastUsedAt = answer.last_used_at === null ? 'never' : readDate(answer, 'last_used_at')
  return { lastUsedAt, lastUsedFrom: readString(answer, 'last_used_from_addr') }
}

/**
 * Reads a list.
 *
 * @param onSecret called with any key in the list; an older edition of Neon's documentation shows one
 * @throws {InvalidBody} if any entry cannot be read, since it might be the key in question
 */
export function decodeKeys(body: string, onSecret: (secret: string) => void): ListedKey[] {
  const answer = readJson(body)
  if (!Array.isArray(answer)) throw new InvalidBody('JSON that is not a list')
  return answer.map((entry) => {
    const item = asObject(entry)
    const key = readString(item, 'key')
    if (key !== undefined) onSecret(key)
    const { name } = item
    if (typeof name !== 'string') throw new InvalidBody('a list with an entry without a name')
    return {
      id: readId(item),
      name,
      createdAt: readDate(item, 'created_at') ?? '',
      lastUsedAt: readDate(item, 'last_used_at'),
      projectId: readString(item, 'project_id'),
    }
  })
}

/**
 * Reads the organization of a project; an empty string if it has none.
 *
 * @throws {InvalidBody}
 */
export function decodeProjectOrganization(body: string, projectId: string): string {
  const project = asObject(readObject(body).project)
  const id = readString(project, 'id')
  if (id !== undefined && id !== projectId) throw new InvalidBody('an answer about another project')
  if (id === undefined && !('org_id' in project)) throw new InvalidBody('JSON without a project')
  const orgId = readString(project, 'org_id') ?? ''
  if (orgId !== '' && !NEON_ID.test(orgId)) throw new InvalidBody('a malformed organization ID')
  return orgId
}

/**
 * Reads the kind of an API key.
 *
 * @throws {InvalidBody}
 */
export function decodeAuthMethod(body: string): string {
  const method = readString(readObject(body), 'auth_method')
  if (method === undefined) throw new InvalidBody('JSON without auth_method')
  return method
}

/** An error from Neon: the error object of its OpenAPI document (`GeneralError`). */
export interface AnsweredError {
  message: string
  /**
   * Whether the error certainly comes from Neon. API gateways answer with only a `message` (Amazon's), or with a
   * `request_id` of their own (Kong).
   */
  certain: boolean
}

/** @returns `undefined` if the body does not come from Neon: for example, an HTML page of a proxy or a firewall */
export function decodeError(body: string, requestId: string): AnsweredError | undefined {
  const answer = parseKeepingIds(body) as Fields | null | undefined
  if (typeof answer?.message !== 'string') return undefined
  return { message: answer.message, certain: typeof answer.code === 'string' || answer.request_id === requestId }
}

function readJson(body: string): unknown {
  const answer = parseKeepingIds(body)
  if (answer !== undefined) return answer
  if (body.trim() === '') throw new InvalidBody('an empty body')
  if (/^\s*<(?:!doctype html|html|head|body)/i.test(body)) throw new InvalidBody('an HTML page')
  throw new InvalidBody('text that is not JSON')
}

const readObject = (body: string): Fields => asObject(readJson(body))

function asObject(value: unknown): Fields {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new InvalidBody('JSON that is not an object')
  return value as Fields
}

function readId({ id }: Fields): string {
  if (typeof id === 'bigint' && id > 0n) return String(id)
  if (id === undefined || id === null) throw new InvalidBody('JSON without an ID')
  const found =
    typeof id === 'string' ? 'a string' : typeof id === 'number' || typeof id === 'bigint' ? String(id) : 'malformed'
  throw new InvalidBody(`JSON whose ID is ${found}, not a positive integer`)
}

function readString(answer: Fields, name: string): string | undefined {
  const value = answer[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/**
 * Reads an RFC 3339 date. It is printed, so anything else is rejected as untrusted text. A date before Neon existed, such
 * as Go's zero date, means that the date is unknown.
 */
function readDate(answer: Fields, name: string): string | undefined {
  const value = readString(answer, name)
  const isDate =
    /^2\d{3}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(value ?? '') && !Number.isNaN(Date.parse(value ?? ''))
  return isDate ? value : undefined
}
