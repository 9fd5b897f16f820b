// `npm run bench:load`: the jobs of GitHub's largest matrix, all started at once, against Neon's documented limits (per
// second 10 organization keys and 40 requests to a route; 700 requests per minute and account). All jobs run in virtual
// time; a few dozen real processes confirm the result. Fails if a job fails, or if the last key comes too late.

import { virtualNetwork } from '../__tests__/campaign/virtual-network.ts'
import { runProcess } from '../__tests__/campaign/virtual-process.ts'
import { randomFrom, VirtualClock } from '../__tests__/campaign/virtual-time.ts'
import { readCommand } from '../scripts/command.ts'
import { table, writeGenerated } from '../scripts/markdown.ts'
import { ACTION } from '../simulator/fixtures.ts'
import { BASE_PATH, Neon } from '../simulator/neon/neon.ts'
import { startNeon } from '../simulator/neon/server.ts'
import { Job } from '../simulator/runner/job.ts'
import { JOB_VARIABLES } from '../simulator/runner/variables.ts'
import type { Http } from '../src/base/http.ts'
import { createKey } from '../src/steps/create-key.ts'
import { revokeKey } from '../src/steps/revoke-key.ts'
import { quantile } from './quantile.ts'

const given = readCommand({
  usage: 'npm run bench:load --',
  does: "256 jobs at once against Neon's documented limits. docs/load.md explains it.",
  flags: { write: { help: 'into docs/load.md' } },
})
const JOBS = 256
const KEYS_PER_SECOND = 10
const BOUND = 1.3
const SEEDS = [1, 2, 3, 4, 5]
const PROCESSES = 36

/** The result of jobs that all started at once. */
interface Herd {
  /** Seconds from the first start to each job's key. */
  waits: number[]
  /** Steps that failed. */
  failed: number
  /** Requests that Neon's limits refused. */
  refused: number
  alive: number
}

/** A job's two steps; each returns whether it succeeded. */
interface HerdJob {
  main(): Promise<boolean>
  post(): Promise<boolean>
}

/** @param seconds since the first start */
async function run(neon: Neon, jobs: HerdJob[], seconds: () => number): Promise<Herd> {
  const waits: number[] = []
  const mains = jobs.map(async (job) => {
    const succeeded = await job.main()
    waits.push(seconds())
    return succeeded
  })
  const succeeded = await Promise.all(mains)
  const refused = neon.requests.filter(({ status }) => status === 429).length
  succeeded.push(...(await Promise.all(jobs.map((job) => job.post()))))
  return { waits, refused, failed: succeeded.filter((one) => !one).length, alive: neon.createdKeys().length }
}

const inputsFor = (neon: Neon) => ({ api_key: neon.adminKey, org_id: neon.organization.id })

/** @param waiting `exponential`: what the action would do if it treated a rate limit like any other failure */
async function runVirtually(waiting: 'in line' | 'exponential', seed: number): Promise<Herd> {
  const clock = new VirtualClock()
  const neon = await Neon.create({ now: () => clock.date(), rateLimits: true })
  const network = virtualNetwork({ neon, clock })
  const takingLimitsForTrouble: Http = {
    async exchange(request) {
      const response = await network.exchange(request)
      return response.status === 429 ? { ...response, status: 503 } : response
    },
  }
  const http = waiting === 'in line' ? network : takingLimitsForTrouble
  const host = `https://console.neon.tech${BASE_PATH}`
  const inputs = { ...inputsFor(neon), env_name: 'NEON_API_KEY', api_host: host }
  const luck = randomFrom(seed)
  const jobs = Array.from({ length: JOBS }, (): HerdJob => {
    const common = {
      clock,
      openHttp: () => http,
      inputs,
      environment: JOB_VARIABLES,
      random: randomFrom(luck() * 2 ** 31),
    }
    let state = {}
    return {
      async main() {
        const story = await runProcess({ ...common, job: createKey })
        state = story.state
        return story.ending === 'success'
      },
      post: async () => (await runProcess({ ...common, job: revokeKey, state })).ending === 'success',
    }
  })
  return run(neon, jobs, () => clock.now() / 1000)
}

/** The same with real processes, which share this machine's cores while they start. */
async function runProcesses(): Promise<Herd> {
  const { neon, host, close } = await startNeon({ rateLimits: true })
  const jobs = Array.from({ length: PROCESSES }, () => new Job())
  const inputs = { ...inputsFor(neon), api_host: host }
  const steps = jobs.map((job) => ({
    main: async () => (await job.uses(ACTION, { with: inputs })).exitCode === 0,
    post: async () => (await job.end())[0]?.exitCode === 0,
  }))
  const start = performance.now()
  const herd = await run(neon, steps, () => (performance.now() - start) / 1000)
  for (const job of jobs) job.dispose()
  await close()
  return herd
}

/** The last job's waiting time divided by the minimum that the limit imposes. */
const ratioOf = ({ waits }: Herd): number => Math.max(...waits) / (waits.length / KEYS_PER_SECOND)

function row(name: string, herd: Herd): (string | number)[] {
  const waits = [0.5, 0.9, 0.99, 1].map((share) => quantile(herd.waits, share).toFixed(1))
  return [name, herd.waits.length, ...waits, ratioOf(herd).toFixed(2), herd.refused, herd.failed, herd.alive]
}

const inLine: Herd[] = []
const exponential: Herd[] = []
for (const seed of SEEDS) {
  inLine.push(await runVirtually('in line', seed))
  exponential.push(await runVirtually('exponential', seed))
}
const real = await runProcesses()
const heads = ['waiting, seed', 'jobs', 'half have a key after (s)', '90 %', '99 %', 'last', 'last ÷ limit']
const text = table(
  [...heads, '429s', 'failed', 'left alive'],
  [
    ...inLine.map((herd, index) => row(`in line (this action), ${SEEDS[index]}`, herd)),
    ...exponential.map((herd, index) => row(`exponential, full jitter, ${SEEDS[index]}`, herd)),
    row('in line, real processes', real),
  ],
)
console.log(text)
const worst = Math.max(...inLine.map(ratioOf))
console.log(
  `The last of ${JOBS} jobs has its key after at most ${worst.toFixed(2)} times what the limit allows (bound: ${BOUND}).`,
)
if (given.has('write')) writeGenerated('docs/load.md', { load: text })
const bad = [...inLine, real].some(({ failed, alive }) => failed > 0 || alive > 0)
if (worst > BOUND || bad) process.exitCode = 1
