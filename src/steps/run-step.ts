import { systemClock } from '../base/clock.ts'
import { Cancelled, formatError, KeyMayBeAlive } from '../base/errors.ts'
import { openHttp } from '../base/http.ts'
import { githubRunner } from '../github/runner.ts'
import type { World } from './world.ts'

/** What a step does when the runner asks it to end. */
type OnSignal = 'cancel' | 'carry on'

/**
 * Runs one step of the action in the real world: catches every error, reports it as an annotation and fails the step.
 *
 * @param onSignal main stops waiting when it is cancelled (the runner sends SIGINT, then SIGTERM after 7.5 s, then
 *   kills after another 2.5 s); post carries on, since its work is all the more needed then and bounded by itself
 * @param title of the annotation, should the step fail
 */
export async function runStep(job: (world: World) => Promise<void>, onSignal: OnSignal, title: string): Promise<void> {
  const runner = githubRunner()
  const http = openHttp(process.env)
  const cancellation = new AbortController()
  // SIGBREAK is what comes on Windows instead of SIGTERM.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) {
    process.on(signal, () => {
      if (onSignal === 'cancel') cancellation.abort(new Cancelled('The job was cancelled.'))
    })
  }
  try {
    await job({
      runner,
      environment: process.env,
      clock: systemClock,
      http,
      random: Math.random,
      cancelled: cancellation.signal,
    })
  } catch (error) {
    runner.error(formatError(error), title)
    if (!(error instanceof KeyMayBeAlive && !error.fatal)) process.exitCode = 1
  } finally {
    // All is done, and all that was written is with the runner once this last write is. To close connections and tear
    // down Node in good order would take every job of every user some more milliseconds.
    process.stdout.write('', () => process.exit())
  }
}
