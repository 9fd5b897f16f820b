// What Neon answers, and how it is read: strictly, since an invalid body counts as no answer.

import { parseKeepingIds } from '../base/json.ts'
import { isSendable } from './api-key.ts'
import { NEON_ID } from './scope.ts'

/** An API key as Neon's answer to a create describes it. */
export interface CreatedKey {
  id: string
  name: string
  /** The key itself. */
  key: string
}

/** An API key as Neon lists it, without the key itself. */
export interface ListedKey {
  id: string
  name: string
  createdAt: string
  lastUsedAt: string | undefined
  /** The one project that the key reaches; `undefined` for a key that reaches more. */
  projectId: string | undefined
}

/** An API key as Neon's answer to a revocation describes it. */
export interface RevokedKey {
  lastUsedAt: string | undefined
  /** For debug logs alone. */
  lastUsedFrom: string | undefined
}

/** Characters; Neon's keys are much longer, and a shorter text is not a key. */
const SHORTEST_KEY = 16

/**
 * Reads the answer to a create.
 *
 * @param asked what the request asked for; an answer about another key is invalid
 * @param onSecret called with anything that may be a key, before it is checked
 * @returns `undefined` when the answer is invalid
 */
export function decodeCreatedKey(
  body: string,
  asked: { name: string; projectId: string | undefined },
  onSecret: (secret: string) => void,
): CreatedKey | undefined {
  const answer = parseKeepingIds(body)
  const key = readString(answer, 'key')
  if (key !== undefined) onSecret(key)
  const id = readId(answer)
  if (id === undefined || key === undefined || key.length < SHORTEST_KEY || !isSendable(key)) return undefined
  if (readString(answer, 'name') !== asked.name || readString(answer, 'project_id') !== asked.projectId)
    return undefined
  return { id, name: asked.name, key }
}

/** Reads the answer to a revocation; `undefined` unless it says that this very key is revoked. */
export function decodeRevokedKey(body: string, id: string): RevokedKey | undefined {
  const answer = parseKeepingIds(body)
  if (readId(answer) !== id || (answer as { revoked?: unknown }).revoked !== true) return undefined
  return { lastUsedAt: readString(answer, 'last_used_at'), lastUsedFrom: readString(answer, 'last_used_from_addr') }
}

/** Reads a list; `undefined` if any entry cannot be read, since that might be the one that is looked for. */
export function decodeKeys(body: string): ListedKey[] | undefined {
  const answer = parseKeepingIds(body)
  if (!Array.isArray(answer)) return undefined
  const keys: ListedKey[] = []
  for (const item of answer) {
    const id = readId(item)
    const name = readString(item, 'name')
    if (id === undefined || name === undefined) return undefined
    keys.push({
      id,
      name,
      createdAt: readString(item, 'created_at') ?? '',
      lastUsedAt: readString(item, 'last_used_at'),
      projectId: readString(item, 'project_id'),
    })
  }
  return keys
}

/** Reads the organization of a project; an empty string where it has none. */
export function decodeProjectOrganization(body: string, projectId: string): string | undefined {
  const project = (parseKeepingIds(body) as { project?: unknown } | null | undefined)?.project
  if (readString(project, 'id') !== projectId) return undefined
  const orgId = readString(project, 'org_id') ?? ''
  return orgId === '' || NEON_ID.test(orgId) ? orgId : undefined
}

/** Reads what kind of credential a key is. */
export function decodeAuthMethod(body: string): string | undefined {
  return readString(parseKeepingIds(body), 'auth_method')
}

function readString(answer: unknown, name: string): string | undefined {
  const value = (answer as Record<string, unknown> | null | undefined)?.[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function readId(answer: unknown): string | undefined {
  const id = (answer as { id?: unknown } | null | undefined)?.id
  return typeof id === 'bigint' && id > 0n ? String(id) : undefined
}
