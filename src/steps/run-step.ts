import { readFileSync } from 'node:fs'
import { systemClock } from '../base/clock.ts'
import { endProcess } from '../base/end-process.ts'
import { Cancelled, formatError, KeyMayBeAlive } from '../base/errors.ts'
import { openHttp } from '../base/http.ts'
import { githubRunner, type Runner } from '../github/runner.ts'
import type { World } from './world.ts'

/** What a step does when the runner asks it to end, or when nobody reads its log any more. */
type OnSignal = 'cancel' | 'continue'

/** Milliseconds for the end of the log to be read; a full pipe that nobody reads must not keep the process alive. */
const LAST_WRITE = 1_000

/**
 * Does a step's work. An error becomes an annotation.
 *
 * @param title of the annotation, should the step fail
 * @returns the exit code
 */
export async function exitCodeOf(job: (world: World) => Promise<void>, world: World, title: string): Promise<number> {
  try {
    await job(world)
    return 0
  } catch (error) {
    return reportFailure(world.runner, error, title)
  }
}

function reportFailure(runner: Pick<Runner, 'error' | 'warning'>, error: unknown, title: string): number {
  // What a person has to do comes first, a line each: the runner cuts messages at 4,096 characters.
  const lines = [...(error instanceof KeyMayBeAlive ? error.commands : []), formatError(error)]
  const isWarning = error instanceof KeyMayBeAlive && !error.fatal
  if (isWarning) runner.warning(lines, title)
  else runner.error(lines, title)
  return isWarning ? 0 : 1
}

/**
 * Runs one step of the action in the real world.
 *
 * @param onSignal main stops waiting when it is cancelled (the runner sends SIGINT, then SIGTERM after 7.5 s, then
 *   kills after another 2.5 s); post carries on, since its work is all the more needed then and bounded by itself
 * @param title of the annotation, should the step fail
 */
export async function runStep(job: (world: World) => Promise<void>, onSignal: OnSignal, title: string): Promise<void> {
  const runner = githubRunner()
  const cancellation = new AbortController()
  const onStop = (): void => {
    if (onSignal === 'cancel') cancellation.abort(new Cancelled('The job was cancelled.'))
  }
  // SIGBREAK is what comes on Windows instead of SIGTERM.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.on(signal, onStop)
  // Without a listener, a log that nobody reads (EPIPE) would end the process at once.
  process.stdout.on('error', onStop)
  keepStderrEmpty(runner, title)
  const world = {
    runner,
    environment: process.env,
    event: readEvent,
    clock: systemClock,
    openHttp,
    random: Math.random,
    cancelled: cancellation.signal,
  }
  process.exitCode = await exitCodeOf(job, world, title)
  endOnceWritten()
}

/** The event that started the run, as the runner left it on disk. */
function readEvent(): string {
  try {
    return readFileSync(process.env.GITHUB_EVENT_PATH ?? '', 'utf8')
  } catch {
    return ''
  }
}

/** stderr is read apart from stdout, where the masks are: what is written there can be logged before its mask is read. */
function keepStderrEmpty(runner: Runner, title: string): void {
  // Node's own listener prints warnings.
  process.removeAllListeners('warning')
  process.on('uncaughtException', (error) => {
    process.exitCode = reportFailure(runner, error, title)
    endOnceWritten()
  })
}

/**
 * Ends the process once all that was written is with the runner. To close connections and tear down Node in good order
 * would take every job of every user some more milliseconds.
 */
function endOnceWritten(): void {
  setTimeout(endProcess, LAST_WRITE)
  process.stdout.write('', endProcess)
}
