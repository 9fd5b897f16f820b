import { table } from '../../scripts/markdown.ts'
import { type Life, unreportedKeys } from './life.ts'
import type { Mishap } from './schedule.ts'

/** How often something was observed, by name. */
type Counts = Record<string, number>

function count(counts: Counts, name: string, more = 1): void {
  counts[name] = (counts[name] ?? 0) + more
}

/** The observations of a campaign so far. */
export class Statistics {
  readonly outcome = { schedules: 0, requests: 0, made: 0, revoked: 0, reported: 0, leftForSweep: 0, unreported: 0 }
  readonly endings: Counts = {}
  readonly interruptions: Counts = {}
  readonly mishaps: Counts = {}

  add(life: Life, mishaps: Mishap[] = []): void {
    const made = life.made.length
    const revoked = life.made.filter(({ revokedAt }) => revokedAt !== undefined).length
    const leftForSweep = life.leftForSweep.length
    const unreported = unreportedKeys(life).length
    const reported = made - revoked - leftForSweep - unreported
    const keys = { made, revoked, reported, leftForSweep, unreported }
    const seen = { schedules: 1, requests: life.neon.requests.length, ...keys }
    for (const [name, times] of Object.entries(seen)) count(this.outcome, name, times)
    count(this.endings, `main ${life.main.ending}, post ${life.post.ending}`)
    count(this.interruptions, life.schedule.interruption.kind)
    for (const { kind, ...details } of mishaps) {
      const detail = 'status' in details ? ` ${details.status}` : 'code' in details ? `: ${details.code}` : ''
      count(this.mishaps, `${kind}${detail}`)
    }
  }
}

const OUTCOME: Record<keyof Statistics['outcome'], string> = {
  schedules: 'schedules',
  requests: "requests, each valid by Neon's OpenAPI document",
  made: 'keys created',
  revoked: 'revoked by main or post',
  reported: 'alive, and post failed and named them',
  leftForSweep: "created after post's last look, found by the next sweep",
  unreported: '**alive and unreported**',
}

const inWords = (number: number): string => number.toLocaleString('en')

/** The outcome of a campaign as Markdown, for the terminal and for docs/reliability.md. */
export function report(seed: number, virtual: Statistics, real: Statistics): string {
  const outcome = Object.entries(OUTCOME) as [keyof Statistics['outcome'], string][]
  const listed = (head: string, counts: Counts): string => {
    const sorted = Object.entries(counts).sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    const rows = sorted.map(([name, times]) => [name, inWords(times)])
    return table([head, 'times'], rows)
  }
  return [
    `Seed ${seed}.\n`,
    table(
      ['', 'in virtual time', 'in real processes'],
      outcome.map(([name, words]) => [words, inWords(virtual.outcome[name]), inWords(real.outcome[name])]),
    ),
    listed('how main and post ended (virtual time)', virtual.endings),
    listed('what interrupted main', virtual.interruptions),
    listed('what hit a request', virtual.mishaps),
  ].join('\n')
}
