import { ACTION } from '../../simulator/fixtures.ts'
import type { Failure } from '../../simulator/neon/faults.ts'
import { type NeonServer, startNeon } from '../../simulator/neon/server.ts'
import { Job, type StepResult } from '../../simulator/runner/job.ts'
import { preload } from '../../simulator/runner/preload.ts'
import { type Life, prepare } from './life.ts'
import type { Interruption, Mishap, Schedule } from './schedule.ts'
import type { ProcessStory } from './virtual-process.ts'

/** How many times faster the clocks of the processes run; the simulated Neon keeps the machine's time. */
const TIME_LAPSE = 20

/** Runs one schedule in real processes against a real server: the built dist/, as the runner would run it. */
export async function liveForReal(schedule: Schedule): Promise<Life> {
  const server = await startNeon({ edition: schedule.edition })
  const { neon, host: api_host } = server
  const job = new Job({ ...(schedule.debug && { RUNNER_DEBUG: '1' }) })
  if (!schedule.jobIdKnown) job.checkRunId = ''
  try {
    const { lookAlikes, inputs, postInputs, made, works } = prepare(neon, schedule)
    arm(server, schedule.main)
    const { interruption } = schedule
    const lapse = { TIME_LAPSE: String(TIME_LAPSE) }
    const writes = interruption.kind === 'killed before effect' && { KILL_BEFORE_WRITE: String(interruption.effect) }
    const main = storyOf(
      await job.uses(ACTION, {
        with: { ...inputs, api_host },
        env: preload(['time-lapse', ...(writes ? ['writes' as const] : [])], { ...lapse, ...writes }),
        postEnv: preload(['time-lapse'], lapse),
        onSpawn: (signal) => interrupt(interruption, signal, () => neon.requests.length),
      }),
    )
    const handedOnWorks = works(main)
    server.clearFaults()
    // Late requests are applied before post; later ones are left to the sweep.
    await new Promise((resolve) => setTimeout(resolve, 350))
    arm(server, schedule.post)
    job.overridePostInputs(postInputs)
    const [post] = await job.end()
    return {
      schedule,
      neon,
      main,
      post: storyOf(post as StepResult),
      made: made(),
      leftForSweep: [],
      lookAlikes,
      handedOnWorks,
      files: job.filesOnDisk().map(({ text }) => text),
    }
  } finally {
    job.dispose()
    await server.close()
  }
}

function arm(server: NeonServer, planned: (Mishap | null)[]): void {
  for (const [after, mishap] of planned.entries()) if (mishap) server.inject({ after, failure: playable(mishap) })
}

/** Converts a mishap for the server: connections are refused between requests, and times are shorter. */
function playable(planned: Mishap): Failure {
  switch (planned.kind) {
    case 'never sent':
      return { kind: 'refuse', milliseconds: 150 }
    case 'late':
      return { kind: 'late', milliseconds: planned.milliseconds % 300 }
    case 'delay':
      return { kind: 'delay', milliseconds: planned.milliseconds % 2_500 }
    case 'trickle':
      return { kind: 'trickle', millisecondsPerByte: (planned.millisecondsPerByte % 5) + 1 }
    default:
      return planned
  }
}

/** Signals main as the schedule says, but at the first, second or third request instead of at a moment. */
function interrupt(planned: Interruption, signal: (name: NodeJS.Signals) => void, requests: () => number): void {
  if (planned.kind !== 'cancelled at' && planned.kind !== 'killed at') return
  const timer = setInterval(() => {
    if (requests() <= planned.milliseconds % 3) return
    clearInterval(timer)
    signal(planned.kind === 'killed at' ? 'SIGKILL' : 'SIGINT')
    setTimeout(() => signal('SIGTERM'), 7_500 / TIME_LAPSE).unref()
    setTimeout(() => signal('SIGKILL'), 10_000 / TIME_LAPSE).unref()
  }, 2).unref()
}

function storyOf({ exitCode, signal, commands, stdout, stderr, ...left }: StepResult): ProcessStory {
  const messages = (command: string): string[] =>
    commands.filter((one) => one.command === command).map(({ message }) => message)
  return {
    ...left,
    ending: exitCode === 0 ? 'success' : signal === null ? 'failure' : 'killed',
    start: 0,
    end: left.milliseconds,
    masks: messages('add-mask'),
    log: [stdout.replace(/::add-mask::\S+/g, ''), stderr],
    error: messages('error').join('\n'),
  }
}
