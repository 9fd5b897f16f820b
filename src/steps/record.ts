// What main passes to post: one record in the runner's state, complete at each save. The runner keeps it on disk until the
// job ends, where every later step can read it, and prints it in debug logs: it must never contain the long-lived key, and
// the fresh key only after it is masked. See docs/behavior.md, *The record*.

import { parseKeepingIds } from '../base/json.ts'
import type { ProxySettings } from '../base/proxy-settings.ts'
import { KEY_NAME_MAX_LENGTH } from '../github/key-name.ts'
import type { Runner } from '../github/runner.ts'
import { canBeApiKey } from '../neon/api-key.ts'
import { NEON_ID, type Scope } from '../neon/scope.ts'
import type { DoubtfulKey } from '../neon/settle.ts'
import type { OnRevokeFailure } from './inputs.ts'
import { openSealed, seal, sealedText } from './seal.ts'

/** A key that certainly exists. */
export interface RecordedKey {
  /** Decimal digits of an int64, which a JavaScript number would round. */
  id: string
  name: string
  /** The key itself, only if it can revoke itself in case the long-lived key is rejected. */
  key?: string
}

/** How post accesses the keys. */
export interface Target {
  apiHost: string
  scope: Scope
  onRevokeFailure: OnRevokeFailure
  /** Those that main used, without user names and passwords. */
  proxies: ProxySettings
}

/** Main's progress. */
export type MainRecord =
  /** Main has started. */
  | { kind: 'nothing yet' }
  /** Main has ended, and certainly created no key. */
  | { kind: 'no key' }
  /** Keys that may exist, and the one that does. */
  | ({ kind: 'keys'; doubtful: readonly DoubtfulKey[]; created?: RecordedKey; names: readonly string[] } & Target)

/**
 * The record of keys that post has to revoke. Its `names` are all those that main may request, since any step can replace
 * the last record with an earlier one of the same use.
 */
export type KeysRecord = Extract<MainRecord, { kind: 'keys' }>

/** The record that post reads. */
export type Reading =
  | { kind: 'sealed'; record: MainRecord }
  | { kind: 'missing' }
  /** There is a record, but it is unknown who wrote it. */
  | { kind: 'not sealed'; claim: Claim }

/** What an unsealed record says about keys. Post sends nothing of it, except the key, which revokes itself. */
export interface Claim {
  created: RecordedKey | undefined
  /** Names under which keys may exist. */
  names: string[]
  /** For the commands in messages. */
  orgId: string | undefined
}

const STATE = 'record'

/**
 * Saves an empty record, which replaces any `STATE_record` that an earlier step has set in the environment. Must be called
 * before main can fail.
 */
export function clearRecord(runner: Pick<Runner, 'saveState'>): void {
  runner.saveState(STATE, '')
}

/**
 * What a record is bound to, so that post accepts no record of another use of the action, in this job or another. The
 * runner sets these variables for main and post, and no step can change them.
 *
 * @param jobId the unchanged `job_id` input, which distinguishes the legs of a matrix
 */
export function useOf(environment: Readonly<Record<string, string | undefined>>, jobId: string): string[] {
  const names = [
    'GITHUB_SERVER_URL',
    'GITHUB_REPOSITORY',
    'GITHUB_REPOSITORY_ID',
    'GITHUB_RUN_ID',
    'GITHUB_RUN_ATTEMPT',
    'GITHUB_JOB',
    'GITHUB_ACTION',
    'RUNNER_NAME',
  ]
  return [...names.map((name) => environment[name] ?? ''), jobId]
}

/** Saves a record, sealed under the long-lived key; the last one counts. */
export function saveRecord(runner: Pick<Runner, 'saveState'>, record: MainRecord, { apiKey, use }: Sealing): void {
  runner.saveState(STATE, seal(JSON.stringify(record), apiKey, use))
}

/** What seals a record. */
export interface Sealing {
  /** The long-lived key. */
  apiKey: string
  use: readonly string[]
}

/** Reads what main saved. */
export function readRecord(runner: Pick<Runner, 'state'>, { apiKey, use }: Sealing): Reading {
  const saved = runner.state(STATE)
  if (saved === '') return { kind: 'missing' }
  // Without a key, no seal is valid: anybody could create one with an empty key.
  const text = canBeApiKey(apiKey) ? openSealed(saved, apiKey, use) : undefined
  // Only main, which has the long-lived key, can have written it.
  if (text !== undefined) return { kind: 'sealed', record: JSON.parse(text) as MainRecord }
  return { kind: 'not sealed', claim: readClaim(sealedText(saved)) }
}

/** The claim of a missing record. */
export const NO_CLAIM: Claim = { created: undefined, names: [], orgId: undefined }

/** The maximum number of names in a message: main requests no more. */
const MOST_NAMES = 3

/** Reads untrusted text, so everything is checked. */
function readClaim(text: string): Claim {
  const claim = fieldsOf(parseKeepingIds(text))
  const { id, name, key } = fieldsOf(claim.created)
  const { orgId } = fieldsOf(claim.scope)
  const names = (Array.isArray(claim.doubtful) ? claim.doubtful : []).map((one) => fieldsOf(one).name)
  return {
    created: isId(id) && isName(name) ? { id, name, ...(typeof key === 'string' && { key }) } : undefined,
    names: names.filter(isName).slice(0, MOST_NAMES),
    orgId: isNeonId(orgId) ? orgId : undefined,
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
}

const isId = (value: unknown): value is string => typeof value === 'string' && /^\d{1,19}$/.test(value)

const isNeonId = (value: unknown): value is string => typeof value === 'string' && NEON_ID.test(value)

const isName = (value: unknown): value is string => typeof value === 'string' && value.length <= KEY_NAME_MAX_LENGTH
