import { join } from 'node:path'
import fc from 'fast-check'
import type { Key } from '../../simulator/neon/accounts.ts'
import type { Failure } from '../../simulator/neon/faults.ts'
import type { Neon } from '../../simulator/neon/neon.ts'
import { type NeonServer, startNeon } from '../../simulator/neon/server.ts'
import { Job, type StepResult } from '../../simulator/runner/job.ts'
import { preload } from '../../simulator/runner/preload.ts'
import { parseKeyName } from '../../src/github/key-name.ts'
import { type Mishap, mishap } from './schedule.ts'

/** How many times faster the clocks of the processes run; the simulated Neon keeps the machine's time. */
const TIME_LAPSE = 20

/** The life of a key in real processes, against a real server: the built dist/, as the runner would run it. */
export interface RealSchedule {
  scope: 'personal' | 'organization' | 'project'
  main: (Failure | null)[]
  interruption:
    | { kind: 'none' }
    | { kind: 'killed before write'; write: number }
    | { kind: 'cancelled' | 'killed'; afterRequests: number }
  post: (Failure | null)[]
  debug: boolean
}

/** A mishap as the server can play it: connections are refused between requests, and time is short. */
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

const failures = fc.array(fc.option(mishap.map(playable), { nil: null, freq: 2 }), { maxLength: 4 })

export const realSchedule: fc.Arbitrary<RealSchedule> = fc.record({
  scope: fc.constantFrom('personal', 'organization', 'project'),
  main: failures,
  interruption: fc.oneof(
    { weight: 2, arbitrary: fc.constant({ kind: 'none' as const }) },
    { weight: 2, arbitrary: fc.nat(12).map((write) => ({ kind: 'killed before write' as const, write })) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('cancelled' as const, 'killed' as const),
        afterRequests: fc.integer({ min: 1, max: 3 }),
      }),
    },
  ),
  post: failures,
  debug: fc.boolean(),
})

/** What came of it. */
export interface RealLife {
  keysMade: number
  violations: string[]
  /** Alive keys that post named as it failed, and such as nobody was told of. */
  told: number
  untold: number
}

const ACTION = join(import.meta.dirname, '..', '..', 'action.yml')

/** Lives through one schedule with the built entries as processes of their own. */
export async function liveForReal(schedule: RealSchedule): Promise<RealLife> {
  const server = await startNeon()
  const job = new Job({ ...(schedule.debug && { RUNNER_DEBUG: '1' }) })
  try {
    arm(server, schedule.main)
    const main = await runMain(server, job, schedule)
    server.clearFaults()
    // What is late lands before post, which looks twice; what lands later still is the sweep's.
    await new Promise((resolve) => setTimeout(resolve, 350))
    arm(server, schedule.post)
    const [post] = await job.end()
    const { neon } = server
    const untold = untoldKeys(neon, post as StepResult)
    return {
      keysMade: neon.accounts.keys.size - 3,
      violations: check(neon, job, main, post as StepResult, untold),
      told: neon.strangers().length - untold.length,
      untold: untold.length,
    }
  } finally {
    job.dispose()
    await server.close()
  }
}

function arm(server: NeonServer, planned: (Failure | null)[]): void {
  for (const [after, failure] of planned.entries()) if (failure) server.inject({ after, failure })
}

function runMain(server: NeonServer, job: Job, { scope, interruption }: RealSchedule): Promise<StepResult> {
  const { neon } = server
  const kill = interruption.kind === 'killed before write'
  const env = preload(kill ? ['time-lapse', 'kill-before-write'] : ['time-lapse'], {
    TIME_LAPSE: String(TIME_LAPSE),
    ...(kill && { KILL_BEFORE_WRITE: String(interruption.write) }),
  })
  return job.uses(ACTION, {
    env,
    postEnv: preload(['time-lapse'], { TIME_LAPSE: String(TIME_LAPSE) }),
    with: {
      api_key: neon.adminKey,
      api_host: server.host,
      ...(scope !== 'personal' && { org_id: neon.organization.id }),
      ...(scope === 'project' && { project_id: neon.project.id }),
    },
    onSpawn(signal) {
      if (interruption.kind !== 'cancelled' && interruption.kind !== 'killed') return
      const timer = setInterval(() => {
        if (neon.requests.length < interruption.afterRequests) return
        clearInterval(timer)
        signal(interruption.kind === 'killed' ? 'SIGKILL' : 'SIGINT')
        setTimeout(() => signal('SIGTERM'), 7_500 / TIME_LAPSE).unref()
        setTimeout(() => signal('SIGKILL'), 10_000 / TIME_LAPSE).unref()
      }, 2).unref()
    },
  })
}

/** Live keys that post did not name in an error. */
function untoldKeys(neon: Neon, { commands }: StepResult): Key[] {
  const told = commands.filter(({ command }) => command === 'error').map(({ message }) => message)
  return neon.strangers().filter(({ id, name }) => !told.some((text) => text.includes(id) || text.includes(name)))
}

/** The invariants that can be seen from outside; the letters are those of invariants.ts. */
function check(neon: Neon, job: Job, main: StepResult, post: StepResult, untold: Key[]): string[] {
  const alive = neon.strangers()
  const fresh = main.outputs.api_key
  const spoken = job.steps
    .flatMap(({ stdout, stderr }) => [stdout, stderr])
    .map((text) => text.replace(/::add-mask::\S+/g, ''))
  const readable = [...spoken, ...job.filesOnDisk().map(({ text }) => text)]
  return [
    ...(post.exitCode === 0 ? alive.map(({ name }) => `(a) post succeeded and the key ${name} is alive`) : []),
    ...untold.map(({ name }) => `(a) nobody was told of the key ${name}`),
    ...(main.exitCode === 0 && fresh === undefined ? ['(b) main succeeded without a key'] : []),
    ...(main.exitCode === 0 && !job.masks.includes(fresh ?? '') ? ['(b) the key is not masked'] : []),
    ...alive.filter(({ name }) => parseKeyName(name) === undefined).map(({ name }) => `(d) a key named ${name}`),
    ...(readable.some((text) => text.includes(neon.adminKey))
      ? ['(e) the long-lived key is where it must not be']
      : []),
    ...(spoken.some((text) => text.includes('napi_')) ? ['(e) a key stands in a log'] : []),
    ...[...neon.requests.flatMap(({ violations }) => violations), ...neon.violations],
  ]
}
