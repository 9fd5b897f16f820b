// What main tells post: one record, whole at each save, in the runner's state. The runner keeps it on disk until the
// job ends, readable by every later step, and prints it in debug logs: the long-lived key must never be here, the fresh
// key only once it is masked. See docs/behavior.md, *The record*.

import { parseKeepingIds } from '../base/json.ts'
import type { ProxySettings } from '../base/proxy-settings.ts'
import { KEY_NAME_MAX_LENGTH } from '../github/key-name.ts'
import type { Runner } from '../github/runner.ts'
import { canBeApiKey } from '../neon/api-key.ts'
import { NEON_ID, type Scope } from '../neon/scope.ts'
import type { DoubtfulKey } from '../neon/settle.ts'
import type { OnRevokeFailure } from './inputs.ts'
import { openSealed, seal, sealedText } from './seal.ts'

/** A key that exists for certain. */
export interface RecordedKey {
  /** Decimal digits of an int64; a JavaScript number would lose some. */
  id: string
  name: string
  /** The key itself, only where it is able to revoke itself should the long-lived one be rejected. */
  key?: string
}

/** How post reaches the keys. */
export interface Target {
  apiHost: string
  scope: Scope
  onRevokeFailure: OnRevokeFailure
  /** As main used them, without user names and passwords. */
  proxies: ProxySettings
}

/** How far main came. */
export type MainRecord =
  /** Main has started. */
  | { kind: 'nothing yet' }
  /** Main has ended, and created no key for certain. */
  | { kind: 'no key' }
  /** Keys that may exist, and the one that does. */
  | ({ kind: 'keys'; doubtful: readonly DoubtfulKey[]; created?: RecordedKey; names: readonly string[] } & Target)

/**
 * The record of keys that post has to revoke. Its `names` are all those that main ever asks for, since a record says
 * nothing of what came later, and anybody can put an earlier one of the same use back.
 */
export type KeysRecord = Extract<MainRecord, { kind: 'keys' }>

/** What post finds. */
export type Reading =
  | { kind: 'sealed'; record: MainRecord }
  | { kind: 'missing' }
  /** Something is there, and nobody knows who wrote it. */
  | { kind: 'not sealed'; claim: Claim }

/** What an unsealed record says about keys. Nothing of it is sent anywhere but for the key, to revoke itself. */
export interface Claim {
  created: RecordedKey | undefined
  /** Names under which keys may exist. */
  names: string[]
  /** For what a person is told to do. */
  orgId: string | undefined
}

const STATE = 'record'

/**
 * Saves an empty record, which replaces any `STATE_record` that an earlier step has put into the environment. To be done
 * before main can fail in any way.
 */
export function clearRecord(runner: Pick<Runner, 'saveState'>): void {
  runner.saveState(STATE, '')
}

/**
 * What a record is bound to, so that none of another use of the action, in this job or another, is believed: the runner
 * sets these variables for main and post alike, and no step can change them.
 *
 * @param jobId the `job_id` input as it is, which tells the legs of a matrix apart
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

/** Saves a record, sealed under the long-lived key; the last one saved counts. */
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
  // Without a key there is no seal: anybody could make one under an empty text.
  const text = canBeApiKey(apiKey) ? openSealed(saved, apiKey, use) : undefined
  // Who holds the long-lived key wrote it: main.
  if (text !== undefined) return { kind: 'sealed', record: JSON.parse(text) as MainRecord }
  return { kind: 'not sealed', claim: readClaim(sealedText(saved)) }
}

/** What a record claims that is not there. */
export const NO_CLAIM: Claim = { created: undefined, names: [], orgId: undefined }

/** So many names at most are reported: main asks under no more, and a message is to stay readable. */
const MOST_NAMES = 3

/** Reads what anybody may have written, so everything is checked. */
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
