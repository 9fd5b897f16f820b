import { ACTION } from '../../simulator/fixtures.ts'
import type { Neon } from '../../simulator/neon/neon.ts'
import { type NeonServer, type ServerOptions, startNeon } from '../../simulator/neon/server.ts'
import { Job, type StepOptions, type StepResult } from '../../simulator/runner/job.ts'
import { preload } from '../../simulator/runner/preload.ts'
import { SharedProcesses } from '../../simulator/runner/shared-process.ts'

/** The tools of a test: a fresh Neon and jobs on a runner. */
export interface Scenario {
  readonly neon: Neon
  /** The value for `api_host`. */
  readonly host: string
  /** Makes a fault hit the next requests. */
  readonly inject: NeonServer['inject']
  /** A typical job. */
  job(env?: Record<string, string>): Job
  /** The main step with the admin's key against the simulated Neon; a test passes only what differs. */
  main(job: Job, inputs?: Record<string, string>, options?: StepOptions): Promise<StepResult>
  /** A whole job with one use of the action and nothing else. */
  life(inputs?: Record<string, string>, options?: StepOptions): Promise<Life>
}

export interface Life {
  job: Job
  main: StepResult
  post: StepResult
}

export interface ScenarioOptions extends ServerOptions {
  /** How many times faster the clocks of all steps run, which shortens waits; 1 by default. */
  timeLapse?: number
}

/**
 * Starts a simulated Neon for the tests of a file. It is reset after each test, which fails if a request or an answer
 * was invalid by Neon's OpenAPI document.
 */
export function scenario({ timeLapse = 1, ...options }: ScenarioOptions = {}): Scenario {
  const lapse = timeLapse === 1 ? {} : preload(['time-lapse'], { TIME_LAPSE: String(timeLapse) })
  const shared = process.env.OWN_PROCESSES ? undefined : new SharedProcesses()
  let server: NeonServer
  const jobs: Job[] = []
  beforeAll(async () => {
    server = await startNeon(options)
  })
  afterEach(() => {
    const { neon } = server
    const violations = [...neon.violations, ...neon.requests.flatMap((request) => request.violations)]
    server.reset()
    for (const job of jobs.splice(0)) job.dispose()
    expect(violations).toEqual([])
  })
  afterAll(() => {
    shared?.close()
    return server.close()
  })

  const setup: Scenario = {
    get neon() {
      return server.neon
    },
    get host() {
      return server.host
    },
    inject: (fault) => server.inject(fault),
    job(env) {
      const job = new Job(env)
      job.shared = shared
      jobs.push(job)
      return job
    },
    main: (job, inputs = {}, stepOptions = {}) =>
      job.uses(ACTION, {
        ...stepOptions,
        env: { ...lapse, ...stepOptions.env },
        with: {
          api_key: setup.neon.adminKey,
          api_host: setup.host,
          ...(!inputs.org_id && !inputs.project_id && { scope: 'personal' }),
          ...inputs,
        },
      }),
    async life(inputs, stepOptions) {
      const job = setup.job()
      const main = await setup.main(job, inputs, stepOptions)
      const [post] = await job.end()
      return { job, main, post: post as StepResult }
    },
  }
  return setup
}

/** The error annotations of a step, title first. */
export function errorsOf({ commands }: StepResult): string[] {
  return commands
    .filter(({ command }) => command === 'error')
    .map(({ message, properties }) => `${properties.title}: ${message}`)
}

/** The record that a main step saved for its post step; does not check the seal. */
// biome-ignore lint/suspicious/noExplicitAny: tests read single members of it.
export function recordOf({ state }: StepResult): any {
  const record = state.record ?? ''
  return JSON.parse(record.slice(record.indexOf('.') + 1))
}

/** Methods and statuses of the requests so far, e.g. `POST 200`. */
export function requestsOf(neon: Neon): string[] {
  return neon.requests.map(({ method, status }) => `${method} ${status ?? 'no answer'}`)
}
