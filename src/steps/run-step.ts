import { readFileSync } from 'node:fs'
import { systemClock } from '../base/clock.ts'
import { endProcess } from '../base/end-process.ts'
import { Cancelled, formatError, KeyMayBeAlive } from '../base/errors.ts'
import { openHttp } from '../base/http.ts'
import { githubRunner, type Runner } from '../github/runner.ts'
import type { World } from './world.ts'

/** What a step does if the runner asks it to end, or if its log is no longer read. */
type OnSignal = 'cancel' | 'continue'

/** Milliseconds for writing the end of the log; a full pipe that nobody reads must not keep the process alive. */
const LAST_WRITE = 1_000

/**
 * Runs a step's job. An error becomes an annotation.
 *
 * @param title of the annotation if the step fails
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
  // The commands to run come first, one on each line: the runner cuts messages at 4,096 characters.
  const lines = [...(error instanceof KeyMayBeAlive ? error.commands : []), formatError(error)]
  const isWarning = error instanceof KeyMayBeAlive && !error.fatal
  if (isWarning) runner.warning(lines, title)
  else runner.error(lines, title)
  return isWarning ? 0 : 1
}

/**
 * Runs one step of the action with real effects.
 *
 * @param onSignal main stops waiting when it is cancelled (the runner sends SIGINT, then SIGTERM after 7.5 s, then
 *   kills after another 2.5 s); post continues, since it is needed most then, and has its own deadline
 * @param title of the annotation if the step fails
 */
export async function runStep(job: (world: World) => Promise<void>, onSignal: OnSignal, title: string): Promise<void> {
  const runner = githubRunner()
  const cancellation = new AbortController()
  const onStop = (): void => {
    if (onSignal === 'cancel') cancellation.abort(new Cancelled('The job was cancelled.'))
  }
  // On Windows, SIGBREAK is sent instead of SIGTERM.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.on(signal, onStop)
  // Without a listener, a closed log (EPIPE) would end the process at once.
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

/** The event that started the run, from the runner's event file. */
function readEvent(): string {
  try {
    return readFileSync(process.env.GITHUB_EVENT_PATH ?? '', 'utf8')
  } catch {
    return ''
  }
}

/** The runner reads stderr separately from stdout, where the masks are, so it could log a text before it reads its mask. */
function keepStderrEmpty(runner: Runner, title: string): void {
  // Node's own listener prints warnings.
  process.removeAllListeners('warning')
  process.on('uncaughtException', (error) => {
    process.exitCode = reportFailure(runner, error, title)
    endOnceWritten()
  })
}

/**
 * Ends the process once its output is written. Closing connections and shutting down Node properly would take every job a
 * few more milliseconds.
 */
function endOnceWritten(): void {
  setTimeout(endProcess, LAST_WRITE)
  process.stdout.write('', endProcess)
}
