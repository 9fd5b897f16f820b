import { Cancelled, formatError, KeyMayBeAlive } from '../../src/base/errors.ts'
import type { Http } from '../../src/base/http.ts'
import type { Runner } from '../../src/github/runner.ts'
import type { World } from '../../src/steps/world.ts'
import type { Interruption } from './schedule.ts'
import type { VirtualClock } from './virtual-time.ts'

/** What a process leaves behind, and how it ended. */
export interface ProcessStory {
  ending: 'success' | 'failure' | 'killed' | 'stuck'
  start: number
  end: number
  masks: string[]
  state: Record<string, string>
  outputs: Record<string, string>
  exported: Record<string, string>
  /** Every line that went to the log, annotations and debug lines among them; not the masks. */
  log: string[]
  /** The message of the annotation by which the step failed. */
  error: string
}

/** Thrown by every effect of a process that was killed, so that none has an effect any more. */
class Killed extends Error {}

/** Milliseconds from SIGINT to SIGKILL (Runner, ProcessInvoker.cs: 7.5 s to SIGTERM, 2.5 s more). */
const KILL_AFTER_CANCEL = 10_000

export interface ProcessOptions {
  job: (world: World) => Promise<void>
  clock: VirtualClock
  http: Http
  inputs: Record<string, string>
  /** What the main step left for the post step. */
  state: Record<string, string>
  environment: Record<string, string>
  debug: boolean
  random: () => number
  interruption: Interruption
}

/** Runs one step in virtual time and tells its story. */
export async function runProcess(options: ProcessOptions): Promise<ProcessStory> {
  const { job, clock, inputs, debug, random, interruption } = options
  const story: ProcessStory = {
    ending: 'stuck',
    start: clock.now(),
    end: 0,
    masks: [],
    state: {},
    outputs: {},
    exported: {},
    log: [],
    error: '',
  }
  let killed = false
  let effects = 0
  const effect = (): void => {
    if (interruption.kind === 'killed before effect' && effects === interruption.effect) killed = true
    if (killed) throw new Killed()
    effects += 1
  }
  const clean = (text: string): string =>
    story.masks.reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), text)
  const say = (message: string): void => {
    effect()
    story.log.push(clean(message))
  }
  const runner: Runner = {
    input: (name) => (inputs[name] ?? '').trim(),
    mask(secret) {
      effect()
      if (secret !== '') story.masks.push(secret)
    },
    saveState(name, value) {
      effect()
      story.state[name] = value
    },
    state: (name) => options.state[name] ?? '',
    output(name, value) {
      effect()
      story.outputs[name] = value
    },
    exportVariable(name, value) {
      effect()
      story.exported[name] = value
    },
    debug: (message) => (debug ? say(message) : undefined),
    info: say,
    waiting: say,
    summary: async (markdown) => say(markdown),
    warning: say,
    error: say,
  }
  const cancellation = new AbortController()
  const http: Http = {
    exchange(request) {
      effect()
      return options.http.exchange(request)
    },
  }
  const callOff: (() => void)[] = []
  const kill = (): void => {
    killed = true
  }
  if (interruption.kind === 'killed at') callOff.push(clock.after(interruption.milliseconds, kill))
  if (interruption.kind === 'cancelled at') {
    callOff.push(
      clock.after(interruption.milliseconds, () => cancellation.abort(new Cancelled('The job was cancelled.'))),
      clock.after(interruption.milliseconds + KILL_AFTER_CANCEL, kill),
    )
  }

  let settled = false
  const world: World = { runner, environment: options.environment, clock, http, random, cancelled: cancellation.signal }
  job(world).then(
    () => {
      settled = true
      story.ending = 'success'
    },
    (error) => {
      settled = true
      if (killed) return
      story.ending = error instanceof KeyMayBeAlive && !error.fatal ? 'success' : 'failure'
      story.error = clean(formatError(error))
      story.log.push(story.error)
    },
  )
  await clock.runUntil(() => settled || killed)
  if (killed) story.ending = 'killed'
  story.end = clock.now()
  for (const stop of callOff) stop()
  return story
}
