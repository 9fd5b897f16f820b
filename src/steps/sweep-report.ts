import type { Kept, OwnKey } from './orphans.ts'

/** What happened to a key, and why. */
export interface Treatment {
  key: OwnKey
  kind: 'revoked' | 'failed' | Kept
  reason: string
}

/** What happened to all keys, in groups. */
export interface Treatments {
  revoked: Treatment[]
  /** For any reason. */
  kept: Treatment[]
  failed: Treatment[]
}

export function groupTreatments(treatments: readonly Treatment[]): Treatments {
  const {
    revoked = [],
    failed = [],
    kept = [],
  } = Object.groupBy(treatments, ({ kind }) => (kind === 'revoked' || kind === 'failed' ? kind : 'kept'))
  return { revoked, kept, failed }
}

/** A number of keys in words. */
export function countKeys(count: number): string {
  return count === 1 ? '1 key' : `${count} keys`
}

/** A job's summary may hold 1 MiB; this many rows are well below it, and more than anybody reads. */
const MOST_ROWS = 500

/** The job summary: what was revoked, kept and why, and what failed. Markdown. */
export function summarize(
  { revoked, kept, failed }: Treatments,
  dryRun: boolean,
  { GITHUB_SERVER_URL, GITHUB_REPOSITORY }: Readonly<Record<string, string | undefined>>,
): string {
  const verb = dryRun ? 'Would revoke' : 'Revoked'
  const headline = `${verb} **${revoked.length}**, kept **${kept.length}**, failed **${failed.length}**.`
  const runs = `${GITHUB_SERVER_URL ?? 'https://github.com'}/${GITHUB_REPOSITORY ?? ''}/actions/runs`
  const rowsOf = (what: string, treatments: Treatment[]): string[] =>
    treatments.map(({ key, reason }) => {
      const { runId, runAttempt, label } = key.parsed
      const run = `[${runId}](${runs}/${runId}/attempts/${runAttempt})`
      const cells = [what, key.id, label, run, day(key.createdAt), day(key.lastUsedAt) || 'never', reason]
      return `| ${cells.map(escapeCell).join(' | ')} |`
    })
  const rows = [...rowsOf('failed', failed), ...rowsOf(verb.toLowerCase(), revoked), ...rowsOf('kept', kept)]
  const more = rows.length > MOST_ROWS ? [`\n… and ${rows.length - MOST_ROWS} more.`] : []
  const head = ['| | key ID | job | run | created | last used | why |', '|---|---|---|---|---|---|---|']
  const table = rows.length > 0 ? [...head, ...rows.slice(0, MOST_ROWS)] : []
  return ['### Sweep of Neon API keys', '', headline, '', ...table, ...more, ''].join('\n')
}

function day(timestamp: string | undefined): string {
  return timestamp?.slice(0, 16).replace('T', ' ') ?? ''
}

/** Neon's words may stand in a reason. */
function escapeCell(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
}
