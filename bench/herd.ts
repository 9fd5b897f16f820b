import { virtualNetwork } from '../__tests__/campaign/virtual-network.ts'
import { type ProcessStory, runProcess } from '../__tests__/campaign/virtual-process.ts'
import { randomFrom, VirtualClock } from '../__tests__/campaign/virtual-time.ts'
import { BASE_PATH, Neon } from '../simulator/neon/neon.ts'
import type { Http } from '../src/base/http.ts'
import { createKey } from '../src/steps/create-key.ts'
import { revokeKey } from '../src/steps/revoke-key.ts'

/** What became of jobs that all started at once. */
export interface Herd {
  jobs: number
  failed: number
  /** Seconds from the first start to each job's key, sorted. */
  waits: number[]
  /** Requests that Neon's limits refused. */
  refused: number
  requests: number
  alive: number
}

/** How a job that Neon's limit refused waits. */
export type Waiting = 'in line' | 'exponential'

/**
 * Starts jobs at once that each make an organization key against Neon's documented limits, in virtual time.
 *
 * @param waiting `exponential`: what the action would do if it took a rate limit for trouble like any other (its
 *   plain exponential back-off with full jitter), for comparison
 * @param seed of each job's luck
 */
export async function runHerd(jobs: number, waiting: Waiting, seed: number): Promise<Herd> {
  const clock = new VirtualClock()
  const neon = await Neon.create({ now: () => clock.date(), rateLimits: true })
  const common = { clock, debug: false, interruption: { kind: 'none' as const } }
  const environment = { GITHUB_REPOSITORY_ID: '1', GITHUB_RUN_ID: '2', GITHUB_RUN_ATTEMPT: '1', GITHUB_JOB: 'matrix' }
  const inputs = {
    api_key: neon.adminKey,
    org_id: neon.organization.id,
    env_name: 'NEON_API_KEY',
    api_host: `https://console.neon.tech${BASE_PATH}`,
  }
  const network = (): Http => {
    const http = virtualNetwork({ neon, clock, mishaps: [], blind: false, onMishap: () => {}, onArrival: () => {} })
    return waiting === 'in line' ? http : takingLimitsForTrouble(http)
  }

  const luck = randomFrom(seed)
  const random = Array.from({ length: jobs }, () => randomFrom(luck() * 2 ** 32))
  const start = (job: typeof createKey, index: number, state: Record<string, string>): Promise<ProcessStory> =>
    runProcess({ ...common, job, http: network(), inputs, state, environment, random: random[index] ?? Math.random })
  const mains = await Promise.all(random.map((_, index) => start(createKey, index, {})))
  const made = neon.requests.length
  const posts = await Promise.all(mains.map((main, index) => start(revokeKey, index, main.state)))
  return {
    jobs,
    failed: [...mains, ...posts].filter(({ ending }) => ending !== 'success').length,
    waits: mains.map(({ start: from, end }) => (end - from) / 1000).sort((a, b) => a - b),
    refused: neon.requests.slice(0, made).filter(({ status }) => status === 429).length,
    requests: made,
    alive: neon.strangers().length,
  }
}

function takingLimitsForTrouble(http: Http): Http {
  return {
    ...http,
    async exchange(request) {
      const response = await http.exchange(request)
      return response.status === 429 ? { ...response, status: 503 } : response
    },
  }
}
