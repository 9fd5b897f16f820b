import type { Verdict } from './orphans.ts'

/** What became of a key. */
export interface Outcome extends Verdict {
  kind: 'revoked' | 'kept' | 'failed'
}

/** So many keys, in words. */
export function countKeys(count: number): string {
  return count === 1 ? '1 key' : `${count} keys`
}

/** A job's summary may hold 1 MiB; this many rows are well below it, and more than anybody reads. */
const MOST_ROWS = 500

/** The page of the run: what was revoked, kept and why, what failed. Markdown. */
export function summarize(
  outcomes: readonly Outcome[],
  dryRun: boolean,
  { GITHUB_SERVER_URL, GITHUB_REPOSITORY }: Readonly<Record<string, string | undefined>>,
): string {
  const count = (kind: Outcome['kind']): number => outcomes.filter((outcome) => outcome.kind === kind).length
  const headline = `${dryRun ? 'Would revoke' : 'Revoked'} **${count('revoked')}**, kept **${count('kept')}**, failed **${count('failed')}**.`
  const order = ['failed', 'revoked', 'kept']
  const sorted = [...outcomes].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
  const runs = `${GITHUB_SERVER_URL ?? 'https://github.com'}/${GITHUB_REPOSITORY ?? ''}/actions/runs`
  const rows = sorted.slice(0, MOST_ROWS).map(({ kind, key, reason }) => {
    const { runId, runAttempt, label } = key.parsed
    const what = kind === 'revoked' && dryRun ? 'would revoke' : kind
    const run = `[${runId}](${runs}/${runId}/attempts/${runAttempt})`
    const cells = [what, key.id, label, run, day(key.createdAt), day(key.lastUsedAt) || 'never', reason]
    return `| ${cells.map(escapeCell).join(' | ')} |`
  })
  const more = outcomes.length > MOST_ROWS ? [`\n… and ${outcomes.length - MOST_ROWS} more.`] : []
  const table = ['| | key ID | job | run | made | last used | why |', '|---|---|---|---|---|---|---|', ...rows]
  return ['### Sweep of Neon API keys', '', headline, '', ...(rows.length > 0 ? table : []), ...more, ''].join('\n')
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
