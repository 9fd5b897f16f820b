import { sanitize } from '../github/sanitize.ts'
import { countReasons, type KeyResult } from './key-result.ts'

/** Bytes of all rows of a table; GitHub drops a summary above 1 MiB. */
const LONGEST_TABLE = 100_000

/** Characters of a cell, which may contain text from Neon or GitHub. */
const LONGEST_CELL = 300

/** The most important first. */
const ORDER: readonly KeyResult['kind'][] = ['failed', 'refused', 'unknown', 'postponed', 'revoked', 'kept', 'unseen']

export interface SummaryOptions {
  dryRun: boolean
  /** For links. */
  serverUrl: string
}

/** The job summary: how many keys were revoked and kept, and why; then each key, up to a limit. Markdown. */
export function summarize(results: readonly KeyResult[], { dryRun, serverUrl }: SummaryOptions): string {
  const revoked = dryRun ? 'would revoke' : 'revoked'
  const outcomeOf = ({ kind }: KeyResult): string => (kind === 'failed' ? kind : kind === 'revoked' ? revoked : 'kept')
  const sorted = ORDER.flatMap((kind) => results.filter((result) => result.kind === kind))
  const outcomes = Object.groupBy(sorted, outcomeOf)
  const counts = [revoked, 'kept', 'failed'].map((name) => `${name} **${outcomes[name]?.length ?? 0}**`).join(', ')
  const unseen = new Set(results.filter(({ kind }) => kind === 'unseen').map(({ key }) => key.parsed.repositoryId))
  return [
    '### Sweep of Neon API keys',
    `${counts.charAt(0).toUpperCase()}${counts.slice(1)}.`,
    ...(unseen.size > 0
      ? [`The github_token does not see **${unseen.size}** of the repositories that have keys.`]
      : []),
    ...table(
      ['', 'keys', 'why'],
      Object.entries(outcomes).flatMap(([outcome, keys = []]) =>
        countReasons(keys).map(([reason, count]) => [outcome, String(count), plain(reason)]),
      ),
    ),
    ...table(
      ['', 'key ID', 'job', 'run', 'created', 'last used', 'why'],
      sorted.map((result) => [
        outcomeOf(result),
        result.key.id,
        plain(result.key.parsed.label),
        linkToRun(result, serverUrl),
        minuteOf(result.key.createdAt),
        minuteOf(result.key.lastUsedAt) || 'never',
        plain(result.reason),
      ]),
    ),
    '',
  ].join('\n\n')
}

/** @param rows of Markdown; without any, there is no table */
function table(heads: string[], rows: string[][]): string[] {
  if (rows.length === 0) return []
  const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  let bytes = 0
  const shown = lines.filter((line) => {
    bytes += Buffer.byteLength(line)
    return bytes <= LONGEST_TABLE
  })
  const more = lines.length - shown.length
  return [shown.join('\n'), ...(more > 0 ? [`… and ${more} more.`] : [])]
}

function linkToRun({ key, repository }: KeyResult, serverUrl: string): string {
  const { runId, runAttempt } = key.parsed
  // GitHub's pattern of names; any other character could end the link.
  if (repository === undefined || !/^[\w.-]+\/[\w.-]+$/.test(repository)) return runId
  return `[${runId}](${serverUrl}/${repository}/actions/runs/${runId}/attempts/${runAttempt})`
}

function minuteOf(timestamp: string | undefined): string {
  return timestamp?.slice(0, 16).replace('T', ' ') ?? ''
}

/** Escapes untrusted text for Markdown, so that it cannot start a cell, link, emphasis, mention or HTML. */
function plain(text: string): string {
  return sanitize(text)
    .slice(0, LONGEST_CELL)
    .replace(/[^\p{L}\p{N}\s,;()'-]/gu, (character) => `&#${character.codePointAt(0)};`)
}
