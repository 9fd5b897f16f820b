import { type Life, leftForSweep, untoldKeys } from './life.ts'

/** What a campaign has seen so far. */
export class Statistics {
  schedules = 0
  requests = 0
  keysMade = 0
  keysRevoked = 0
  /** Post could not make sure and said so, with ID or name. */
  keysToldOf = 0
  /** Nobody was told of; must be none. */
  keysUntold = 0
  /** Landed after post had looked for the last time. */
  keysLeftForSweep = 0
  readonly endings = new Map<string, number>()
  readonly mishaps = new Map<string, number>()
  readonly interruptions = new Map<string, number>()

  add(life: Life): void {
    const alive = life.made.filter(({ key }) => key.revokedAt === undefined).length
    const late = leftForSweep(life).length
    const untold = untoldKeys(life).length
    this.schedules += 1
    this.requests += life.neon.requests.length
    this.keysMade += life.made.length
    this.keysRevoked += life.made.length - alive
    this.keysLeftForSweep += late
    this.keysUntold += untold
    this.keysToldOf += alive - late - untold
    count(this.endings, `main ${life.main.ending}, post ${life.post.ending}`)
    count(this.interruptions, life.schedule.interruption.kind)
    for (const mishap of [...life.befell.main, ...life.befell.post]) {
      const kind = mishap.kind === 'status' ? `status ${mishap.status}` : mishap.kind
      count(this.mishaps, kind === 'never sent' && 'code' in mishap ? `never sent: ${mishap.code}` : kind)
    }
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
