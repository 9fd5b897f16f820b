import { ACTION } from '../../simulator/fixtures.ts'
import type { Neon } from '../../simulator/neon/neon.ts'
import { Job, type StepOptions, type StepResult } from '../../simulator/runner/job.ts'

/** A use of the action and its expected result; without errors, both steps must succeed and leave no key. */
export interface Life extends Omit<StepOptions, 'with'> {
  /** A description for the report. */
  what: string
  host: string
  inputs?: Record<string, string>
  /** Main's expected error; then there is no key. */
  error?: RegExp
  /** Post's exit code; 0 by default. If post cannot revoke, an annotation must name the key. */
  post?: number
  /** Post's expected annotations. */
  annotation?: RegExp
  /** Called between main and post. */
  between?: () => unknown
}

/** Seconds within which the processes of main and post must end. */
const BOUNDS = { main: 180, post: 60 }

const annotationsOf = ({ annotations }: StepResult): string => annotations.map(({ message }) => message).join('\n')

/** Runs the action and counts what was wrong. */
export class Tally {
  lives = 0
  readonly faults: string[] = []
  readonly silent: string[] = []
  readonly longest = { main: 0, post: 0 }

  async live(
    neon: Neon,
    { what, host, inputs, error, post: exitCode = 0, annotation, between, ...step }: Life,
  ): Promise<void> {
    this.lives += 1
    const runId = String(1_000 + this.lives)
    const job = new Job({ GITHUB_RUN_ID: runId })
    try {
      const main = await job.uses(ACTION, {
        ...step,
        with: { api_key: neon.adminKey, api_host: host, scope: 'personal', ...inputs },
      })
      await between?.()
      const [post] = (await job.end()) as [StepResult]
      const said = annotationsOf(main)
      if (error ? !error.test(said) : main.exitCode !== 0) this.faults.push(`${what}: main: ${said || main.exitCode}`)
      if (post.exitCode !== exitCode || !(annotation?.test(annotationsOf(post)) ?? true)) {
        this.faults.push(`${what}: post: exit code ${post.exitCode}: ${annotationsOf(post)}`)
      }
      for (const [name, { milliseconds }] of Object.entries({ main, post }) as ['main' | 'post', StepResult][]) {
        this.longest[name] = Math.max(this.longest[name], milliseconds / 1000)
        if (milliseconds / 1000 > BOUNDS[name]) this.faults.push(`${what}: ${name} took ${milliseconds} ms`)
      }
      const alive = neon.createdKeys().filter(({ name }) => name.includes(`/${runId}/`))
      const words = said + annotationsOf(post)
      for (const { id, name } of alive) if (!words.includes(String(id))) this.silent.push(`${what}: ${name}`)
    } finally {
      job.dispose()
    }
  }

  /** Adds the counts of another process. */
  add(other: Pick<Tally, 'lives' | 'faults' | 'silent' | 'longest'>): void {
    this.lives += other.lives
    this.faults.push(...other.faults)
    this.silent.push(...other.silent)
    for (const step of ['main', 'post'] as const) this.longest[step] = Math.max(this.longest[step], other.longest[step])
  }
}
