import type { Statistics } from './statistics.ts'

/** What the real processes came to. */
export interface RealStatistics {
  schedules: number
  keysMade: number
  /** Alive, and post failed and named them. */
  told: number
  /** Alive, and nobody was told; must be none. */
  untold: number
}

/** The outcome of a campaign as Markdown, for the terminal and for docs/reliability.md. */
export function report(seed: number, virtual: Statistics, real: RealStatistics): string {
  const number = (value: number): string => value.toLocaleString('en')
  const rows = (counts: Map<string, number>): string =>
    [...counts]
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      .map(([name, count]) => `| ${name} | ${number(count)} |`)
      .join('\n')
  return `| | in virtual time | in real processes |
|---|---|---|
| schedules | ${number(virtual.schedules)} | ${number(real.schedules)} |
| keys made | ${number(virtual.keysMade)} | ${number(real.keysMade)} |
| revoked by main or post | ${number(virtual.keysRevoked)} | ${number(real.keysMade - real.told - real.untold)} |
| alive, and post failed and told which | ${number(virtual.keysToldOf)} | ${number(real.told)} |
| landed after post's last look, found by the next sweep | ${number(virtual.keysLeftForSweep)} | – |
| **alive without anybody having been told** | **${number(virtual.keysUntold)}** | **${number(real.untold)}** |

Seed ${seed}. ${number(virtual.requests)} requests in virtual time, every one of them valid by Neon's OpenAPI document.

| how main and post ended (virtual time) | lives |
|---|---|
${rows(virtual.endings)}

| what ended main before its time | lives |
|---|---|
${rows(virtual.interruptions)}

| what befell a request | times |
|---|---|
${rows(virtual.mishaps)}
`
}
