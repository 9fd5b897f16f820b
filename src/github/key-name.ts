import { createHash, randomBytes } from 'node:crypto'
import type { RunContext } from './run-context.ts'

/**
 * The name of a key says for which job it was created:
 *
 *     gha/<repository_id>/<run_id>/<run_attempt>/<job_id>/<nonce>/<label>
 *
 * Only this module writes and parses names. A name that does not match completely is not one of this action.
 */
export interface KeyName {
  /** `gha` for github.com, else `gha-` and four hex digits of the server's hash; see {@link serverTag}. */
  server: string
  /** Decimal digits; GitHub's IDs may exceed the range of JavaScript numbers. */
  repositoryId: string
  runId: string
  runAttempt: string
  /** The job's ID in GitHub's REST API; `0` if the runner does not provide it. */
  jobId: string
  /** Random, so that matrix legs and repeated uses in one job never collide. */
  nonce: string
  /** For people who read the list in the Neon Console; empty if there was no room. */
  label: string
}

/** `maxLength` of `key_name` in Neon's OpenAPI document. */
export const KEY_NAME_MAX_LENGTH = 64

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

const GRAMMAR =
  /^(?<server>gha(?:-[0-9a-f]{4})?)\/(?<repositoryId>[1-9]\d*)\/(?<runId>[1-9]\d*)\/(?<runAttempt>[1-9]\d*)\/(?<jobId>0|[1-9]\d*)\/(?<nonce>[a-z2-7]{8,})(?:\/(?<label>[A-Za-z0-9._-]+))?$/

/**
 * Formats a key's name. If the name would be too long, only the label is cut; if there is no room for any of it, it is
 * omitted with its slash.
 *
 * @throws {RangeError} if the parts do not match the grammar, or are too long even without a label
 */
export function formatKeyName(parts: KeyName): string {
  const stem = [parts.server, parts.repositoryId, parts.runId, parts.runAttempt, parts.jobId, parts.nonce].join('/')
  const room = Math.max(0, KEY_NAME_MAX_LENGTH - stem.length - 1)
  const label = parts.label.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, room)
  const name = label ? `${stem}/${label}` : stem
  if (!parseKeyName(name)) throw new RangeError(`cannot name an API key '${name}'`)
  return name
}

/** Parses a key's name; `undefined` for a name that this action cannot have written. */
export function parseKeyName(name: string): KeyName | undefined {
  if (name.length > KEY_NAME_MAX_LENGTH) return undefined
  const groups = GRAMMAR.exec(name)?.groups
  return groups && ({ ...groups, label: groups.label ?? '' } as KeyName)
}

/**
 * The first part of every name on a GitHub server. It keeps servers that share a Neon account, and happen to use the same
 * repository IDs, from revoking each other's keys.
 *
 * @param serverUrl `GITHUB_SERVER_URL`, e.g. `https://github.com`
 */
export function serverTag(serverUrl: string): string {
  const { host } = new URL(serverUrl)
  if (host === 'github.com') return 'gha'
  return `gha-${createHash('sha256').update(host).digest('hex').slice(0, 4)}`
}

/** Forty random bits as eight characters of lower-case base32. */
export function newNonce(): string {
  return Array.from(randomBytes(8), (byte) => BASE32[byte % BASE32.length]).join('')
}

/** A fresh, unique key name for this job. */
export function newKeyName(run: RunContext): string {
  return formatKeyName({
    server: serverTag(run.serverUrl),
    repositoryId: run.repositoryId,
    runId: run.runId,
    runAttempt: run.runAttempt,
    jobId: run.jobId,
    nonce: newNonce(),
    label: [run.repositoryName, run.jobName].filter(Boolean).join('.'),
  })
}

/** Whether a key's name says that it was created for this job; `false` if the job's ID is unknown. */
export function isOfJob(name: string, run: RunContext): boolean {
  const key = parseKeyName(name)
  return (
    key !== undefined &&
    run.jobId !== '0' &&
    key.server === serverTag(run.serverUrl) &&
    key.repositoryId === run.repositoryId &&
    key.runId === run.runId &&
    key.runAttempt === run.runAttempt &&
    key.jobId === run.jobId
  )
}
