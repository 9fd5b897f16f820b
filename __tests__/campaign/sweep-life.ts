import { Github } from '../../simulator/github/github.ts'
import type { Key } from '../../simulator/neon/accounts.ts'
import { BASE_PATH, Neon } from '../../simulator/neon/neon.ts'
import { JOB_VARIABLES } from '../../simulator/runner/variables.ts'
import { type Http, type HttpRequest, type HttpResponse, TransportError } from '../../src/base/http.ts'
import { formatKeyName, type KeyName } from '../../src/github/key-name.ts'
import { sweepKeys } from '../../src/steps/sweep-keys.ts'
import { RULES, type Rule } from '../../src/steps/verdicts.ts'
import { type GithubMishap, OWN_JOB, REPOSITORIES, RunLife, type SweepWorld } from './sweep-world.ts'
import { virtualNetwork } from './virtual-network.ts'
import { type ProcessStory, runProcess } from './virtual-process.ts'
import { randomFrom, VirtualClock } from './virtual-time.ts'

/** Milliseconds that a message travels. */
const LATENCY = 25
const HOUR = 3_600_000

/** Names that resemble the action's. */
const LOOK_ALIKES = [
  'gha/812345678/501/1/9110',
  'gha/812345678/501/1/9110/AAAAAAAA/shop.test',
  'gha/812345678/501/1/aaaaaaaa/shop.test',
  'gha-0000/812345678/501/1/9110/aaaaaaaa/shop.test',
  'GHA/812345678/501/1/9110/aaaaaaaa',
  'gha/812345678/501/1/9110/aaaaaaaa/shop.test/',
  'terraform',
]

/** A key, and the run and job for which it was created. */
export interface SweptKey {
  key: Key
  name: KeyName
  run: RunLife
  ageHours: number
}

/** GitHub's last answer to a request; a status of `undefined` means no answer. */
export interface Told {
  status: number | undefined
  // biome-ignore lint/suspicious/noExplicitAny: the oracle reads only the parts of GitHub's JSON that it knows.
  body: any
  limited: boolean
}

/** An observed sweep. */
export interface SweepLife {
  world: SweepWorld
  neon: Neon
  github: Github
  sweep: ProcessStory
  runs: RunLife[]
  keys: SweptKey[]
  /** By request, named as in {@link Github.asked}; for a list, its last page. */
  told: Map<string, Told>
  /** When a request to revoke a key was sent, by key ID. */
  revokedAt: Map<string, number>
  /** The number of requests to Neon that failed. */
  neonMishaps: number
}

/** Simulates one sweep in virtual time. */
export async function liveSweep(world: SweepWorld, rules: readonly Rule[] = RULES): Promise<SweepLife> {
  const clock = new VirtualClock()
  const neon = await Neon.create({ now: () => clock.date() })
  const installation = world.repositories === 'all'
  const github = await Github.create({ permission: world.permission, limit: world.limit, installation })
  github.repositories = new Map(REPOSITORIES.filter((_, index) => world.sees[index]).map(({ id, name }) => [id, name]))
  const owner = { organization: neon.organization }
  for (const name of LOOK_ALIKES) neon.accounts.createKey(owner, name, neon.ada)
  const runs = world.runs.map((story, index) => new RunLife(story, index, world.ownAttempt))
  const keys = world.keys.map((story, index): SweptKey => {
    const run = runs[story.run % runs.length] as RunLife
    const begun = run.attempts.filter(({ begins }) => begins <= 0)
    const attempt = begun[Math.min(story.attempt, begun.length - 1)] as RunLife['attempts'][number]
    const listed = Object.keys(attempt.ends)
    const jobId =
      story.job === 'no ID' ? '0' : story.job === 'not listed' ? '77' : (listed[story.job % listed.length] ?? '')
    const parts = { runId: run.id, runAttempt: String(attempt.number), jobId, nonce: `aaaaaaa${'abcdefgh'[index]}` }
    const name = { server: 'gha', repositoryId: run.repository.id, ...parts, label: 'shop.test' }
    const { key } = neon.accounts.createKey(owner, formatKeyName(name), neon.ada)
    key.createdAt = new Date(clock.date() - story.hours * HOUR).toISOString()
    return { key, name, run, ageHours: story.hours }
  })

  const told = new Map<string, Told>()
  const revokedAt = new Map<string, number>()
  let neonMishaps = 0
  const toNeon = virtualNetwork({
    neon,
    clock,
    mishaps: world.neon,
    onMishap: () => (neonMishaps += 1),
    onArrival: ({ method, path }) => method === 'DELETE' && revokedAt.set(path.split('/').at(-1) ?? '', clock.now()),
  })
  const toGithub = virtualGithub({ github, clock, mishaps: world.github, runs, told })
  const http: Http = {
    exchange: (request) => (request.url.hostname === 'api.github.com' ? toGithub : toNeon).exchange(request),
  }
  const sweep = await runProcess({
    job: (surroundings) => sweepKeys(surroundings, rules),
    clock,
    openHttp: () => http,
    inputs: {
      api_key: neon.organizationKey,
      org_id: neon.organization.id,
      job_id: world.knowsJob ? OWN_JOB : '',
      api_host: `https://console.neon.tech${BASE_PATH}`,
      github_token: github.token,
      repositories: world.repositories,
      max_age_hours: String(world.maxAgeHours),
    },
    environment: { ...JOB_VARIABLES, GITHUB_RUN_ATTEMPT: String(world.ownAttempt) },
    debug: true,
    random: randomFrom(world.luck),
    ...(world.cancelled !== undefined && { interruption: { kind: 'cancelled at', milliseconds: world.cancelled } }),
  })
  return { world, neon, github, sweep, runs, keys, told, revokedAt, neonMishaps }
}

interface VirtualGithub {
  github: Github
  clock: VirtualClock
  mishaps: readonly (GithubMishap | null)[]
  runs: readonly RunLife[]
  told: Map<string, Told>
}

function virtualGithub({ github, clock, mishaps, runs, told }: VirtualGithub): Http {
  let count = 0
  return {
    exchange: ({ url, headers, timeout, signal }: HttpRequest) =>
      new Promise<HttpResponse>((resolve, reject) => {
        const fail = (why: string): void => reject(new TransportError(why, true))
        signal?.addEventListener('abort', () => fail('stopped, because the job was cancelled'))
        clock.after(timeout, () => fail('no answer in time'))
        const mishap = mishaps[count++]
        clock.after(LATENCY, () => {
          const moment = clock.now() - (mishap?.kind === 'stale' ? mishap.milliseconds : 0)
          github.runs = new Map(runs.flatMap((run) => (run.at(moment) ? [[run.id, run.at(moment) as never]] : [])))
          if (mishap?.kind === 'status') github.fail(1, mishap)
          if (mishap?.kind === 'body') github.fail(1, { status: 200, text: mishap.body })
          const lost = mishap?.kind === 'reset' || mishap?.kind === 'no answer'
          if (lost) github.fail(1, 'no answer')
          const answer = github.answer(url.pathname + url.search, headers.authorization)
          const asked = github.asked.at(-1) ?? ''
          if (answer === 'no answer') {
            told.set(asked, { status: undefined, body: undefined, limited: false })
            if (mishap?.kind === 'reset') clock.after(LATENCY, () => fail('the connection failed'))
            return
          }
          const { status, text: body } = answer
          const left = Number(answer.headers['x-ratelimit-remaining']) / Number(answer.headers['x-ratelimit-limit'])
          const refusesMore = status === 429 || (status === 403 && answer.headers['retry-after'] !== undefined)
          told.set(asked, { status, body: parse(body), limited: refusesMore || left <= 0.05 })
          const lower = Object.entries(answer.headers).map(([name, value]) => [name, String(value)])
          clock.after(LATENCY, () => resolve({ status, headers: Object.fromEntries(lower), body }))
        })
      }),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
