import { sanitize } from '../github/sanitize.ts'
import { countReasons, type Treatment } from './treatment.ts'

/** Bytes of all rows of a table; GitHub drops a summary above 1 MiB, and nobody reads one of a tenth of it. */
const LONGEST_TABLE = 100_000

/** Characters of a cell, which may hold Neon's or GitHub's words. */
const LONGEST_CELL = 300

/** What most needs to be seen comes first. */
const ORDER: readonly Treatment['kind'][] = ['failed', 'refused', 'unknown', 'postponed', 'revoked', 'kept', 'unseen']

export interface SummaryOptions {
  dryRun: boolean
  /** Where links lead. */
  serverUrl: string
}

/** The job summary: how many keys were revoked and kept, and why; then each of them, as far as there is room. Markdown. */
export function summarize(treatments: readonly Treatment[], { dryRun, serverUrl }: SummaryOptions): string {
  const revoked = dryRun ? 'would revoke' : 'revoked'
  const outcomeOf = ({ kind }: Treatment): string => (kind === 'failed' ? kind : kind === 'revoked' ? revoked : 'kept')
  const sorted = ORDER.flatMap((kind) => treatments.filter((treatment) => treatment.kind === kind))
  const outcomes = Object.groupBy(sorted, outcomeOf)
  const counts = [revoked, 'kept', 'failed'].map((name) => `${name} **${outcomes[name]?.length ?? 0}**`).join(', ')
  const unseen = new Set(treatments.filter(({ kind }) => kind === 'unseen').map(({ key }) => key.parsed.repositoryId))
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
      sorted.map((treatment) => [
        outcomeOf(treatment),
        treatment.key.id,
        plain(treatment.key.parsed.label),
        linkToRun(treatment, serverUrl),
        minuteOf(treatment.key.createdAt),
        minuteOf(treatment.key.lastUsedAt) || 'never',
        plain(treatment.reason),
      ]),
    ),
    '',
  ].join('\n\n')
}

/** @param rows of Markdown; nothing at all where there are none */
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

function linkToRun({ key, repository }: Treatment, serverUrl: string): string {
  const { runId, runAttempt } = key.parsed
  // GitHub's own pattern of names; anything else could end the link.
  if (repository === undefined || !/^[\w.-]+\/[\w.-]+$/.test(repository)) return runId
  return `[${runId}](${serverUrl}/${repository}/actions/runs/${runId}/attempts/${runAttempt})`
}

function minuteOf(timestamp: string | undefined): string {
  return timestamp?.slice(0, 16).replace('T', ' ') ?? ''
}

/** Foreign words as Markdown that shows them and nothing else: no cell, link, emphasis, mention or HTML begins in them. */
function plain(text: string): string {
  return sanitize(text)
    .slice(0, LONGEST_CELL)
    .replace(/[^\p{L}\p{N}\s,;()'-]/gu, (character) => `&#${character.codePointAt(0)};`)
}
