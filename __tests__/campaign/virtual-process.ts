import { Cancelled } from '../../src/base/errors.ts'
import type { Http } from '../../src/base/http.ts'
import type { ProxySettings } from '../../src/base/proxy-settings.ts'
import type { Runner } from '../../src/github/runner.ts'
import { exitCodeOf } from '../../src/steps/run-step.ts'
import type { World } from '../../src/steps/world.ts'
import type { CommandFiles } from './adversary.ts'
import type { Interruption } from './schedule.ts'
import type { VirtualClock } from './virtual-time.ts'

/** The effects of a process, and how it ended. */
export interface ProcessStory {
  ending: 'success' | 'failure' | 'killed' | 'stuck'
  start: number
  end: number
  masks: string[]
  state: Record<string, string>
  outputs: Record<string, string>
  exported: Record<string, string>
  /** Every line of the log, including annotations and debug lines, without the masks. */
  log: string[]
  /** The message of the annotation with which the step failed. */
  error: string
  /** The name of the class of the error that ended the step. */
  thrown?: string
}

/** Thrown by every effect of a killed process, so that it has no further effects. */
class Killed extends Error {}

/** Milliseconds from SIGINT to SIGKILL (Runner, ProcessInvoker.cs: 7.5 s to SIGTERM, 2.5 s more). */
const KILL_AFTER_CANCEL = 10_000

export interface ProcessOptions {
  job: (world: World) => Promise<void>
  clock: VirtualClock
  openHttp: (proxies: ProxySettings) => Http
  inputs: Record<string, string>
  /** Called before each effect with the number of those before it. */
  onEffect?: (effects: number) => void
  /** The command files, if somebody else may change them. */
  files?: CommandFiles
  /** The state that main saved for post. */
  state?: Record<string, string>
  environment: Record<string, string>
  debug?: boolean
  random: () => number
  interruption?: Interruption
}

/** Runs one step in virtual time and records its effects. */
export async function runProcess(options: ProcessOptions): Promise<ProcessStory> {
  const { job, clock, inputs, state = {}, debug = false, interruption = { kind: 'none' } } = options
  const start = clock.now()
  const left = { masks: [] as string[], state: {}, outputs: {}, exported: {}, log: [] as string[], error: '' }
  const story: ProcessStory = { ending: 'stuck', start, end: 0, ...left }
  let killed = false
  let effects = 0
  /** Counts an effect, before which the process may be killed. */
  const effect =
    <Parameters extends unknown[], Result>(act: (...parameters: Parameters) => Result) =>
    (...parameters: Parameters): Result => {
      killed ||= interruption.kind === 'killed before effect' && effects === interruption.effect
      if (killed) throw new Killed()
      options.onEffect?.(effects)
      effects += 1
      return act(...parameters)
    }
  const clean = (text: string): string =>
    story.masks.reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), text)
  const say = effect((message: string | readonly string[]) => {
    const line = clean([message].flat().join('\n'))
    story.log.push(line)
    return line
  })
  const runner: Runner = {
    input: (name) => (inputs[name] ?? '').trim(),
    mask: effect((secret) => void (secret !== '' && story.masks.push(secret))),
    redact: clean,
    saveState: effect((name, value) => {
      options.files?.save(value)
      story.state[name] = value
    }),
    state: (name) => state[name] ?? '',
    output: effect((name, value) => {
      options.files?.check('outputs')
      story.outputs[name] = value
    }),
    exportVariable: effect((name, value) => {
      options.files?.exportVariable(name, value)
      story.exported[name] = value
    }),
    debug: (message) => debug && say(message),
    info: say,
    waiting: say,
    summary: async (markdown) => void say(markdown),
    warning: say,
    error(message) {
      story.error = say(message)
    },
  }
  const cancellation = new AbortController()
  const kill = (): void => {
    killed = true
  }
  const planned: (() => void)[] = []
  if (interruption.kind === 'killed at') planned.push(clock.after(interruption.milliseconds, kill))
  if (interruption.kind === 'cancelled at') {
    const cancel = (): void => cancellation.abort(new Cancelled('The job was cancelled.'))
    planned.push(clock.after(interruption.milliseconds, cancel))
    planned.push(clock.after(interruption.milliseconds + KILL_AFTER_CANCEL, kill))
  }

  const { environment, random } = options
  const openHttp = (proxies: ProxySettings): Http => {
    const http = options.openHttp(proxies)
    return { exchange: effect((request) => http.exchange(request)) }
  }
  const world: World = {
    ...{ runner, environment, clock, random },
    event: () => '',
    openHttp,
    cancelled: cancellation.signal,
  }
  const watched = (given: World): Promise<void> =>
    job(given).catch((error) => {
      if (!killed) story.thrown = error.constructor.name
      throw error
    })
  let exitCode: number | undefined
  exitCodeOf(watched, world, '').then(
    (code) => {
      exitCode = code
    },
    (error) => {
      if (!killed) throw error
    },
  )
  await clock.runUntil(() => exitCode !== undefined || killed)
  for (const callOff of planned) callOff()
  if (killed) story.ending = 'killed'
  else if (exitCode !== undefined) story.ending = exitCode === 0 ? 'success' : 'failure'
  story.end = clock.now()
  return story
}
