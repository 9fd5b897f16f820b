import type { Key } from '../../simulator/neon/accounts.ts'
import { BASE_PATH, Neon, type RecordedRequest } from '../../simulator/neon/neon.ts'
import { JOB_VARIABLES } from '../../simulator/runner/variables.ts'
import type { Http } from '../../src/base/http.ts'
import type { ProxySettings } from '../../src/base/proxy-settings.ts'
import { createKey } from '../../src/steps/create-key.ts'
import { revokeKey } from '../../src/steps/revoke-key.ts'
import { CommandFiles, EVIL, variablesOf } from './adversary.ts'
import type { Mishap, Schedule } from './schedule.ts'
import { evilProxy, virtualNetwork } from './virtual-network.ts'
import { type ProcessStory, runProcess } from './virtual-process.ts'
import { randomFrom, VirtualClock } from './virtual-time.ts'

/** The job ID of the simulated runner; see simulator/runner/job.ts. */
const JOB_ID = '48216309157'

/** The names that a sweep of this repository recognizes (docs/behavior.md). */
const SWEPT_NAME = /^gha\/812345678\/19876543210\/1\/\d+\/[a-z2-7]{8,}(\/[\w.-]+)?$/

/** Names of keys of others, most of which resemble the action's; these keys must never be touched. */
const LOOK_ALIKES = [
  `gha/812345678/19876543210/1/${JOB_ID}8/aaaaaaaa/shop.test`,
  `gha/812345678/19876543210/1/0/aaaaaaaa/shop.test`,
  `gha/812345678/19876543210/2/${JOB_ID}/aaaaaaaa/shop.test`,
  `gha/812345678/19876543211/1/${JOB_ID}/aaaaaaaa`,
  `gha/812345679/19876543210/1/${JOB_ID}/aaaaaaaa`,
  `gha-0000/812345678/19876543210/1/${JOB_ID}/aaaaaaaa/shop.test`,
  `gha/812345678/19876543210/1/${JOB_ID}/AAAAAAAA/shop.test`,
  `gha/812345678/19876543210/1/${JOB_ID}`,
  'gha/812345678/19876543210/1/aaaaaaaa/shop.test',
  'terraform',
]

/** The observed life of a key, both in virtual time and in real processes. */
export interface Life {
  schedule: Schedule
  neon: Neon
  main: ProcessStory
  post: ProcessStory
  /** Every key that the action created. */
  made: Key[]
  /** Those of them that were created after post's last look: the job cannot find them, the next sweep does. */
  leftForSweep: Key[]
  lookAlikes: Key[]
  /** The contents of the files on the runner's disk when post had ended; none in virtual time. */
  files: string[]
  /** Whether the key passed to later steps worked when main had ended. */
  handedOnWorks: boolean
}

/** Additional observations in virtual time. */
export interface VirtualLife extends Life {
  /** Mishaps that hit a request (a schedule may contain more). */
  hit: { main: Mishap[]; post: Mishap[] }
  /** Live keys of the action when a create arrived that main's last look must have found. */
  overlooked: number
  /** Hosts that received a long-lived key. */
  sentTo: Set<string>
  /** The requests that arrived, e.g. `DELETE 3084351`: the method, and the ID in the path. */
  arrived: { main: string[]; post: string[] }
  /** What post found. */
  record: string
}

/** The start of a life: keys of others, and the inputs of main and post. */
export function prepare(neon: Neon, { scope, postApiKey }: Schedule) {
  const { organization, project, ada, adminKey } = neon
  const owner = scope === 'personal' ? { user: ada } : { organization }
  const lookAlikes = LOOK_ALIKES.map((name) => neon.accounts.createKey(owner, name, ada).key)
  const before = new Set(neon.accounts.keys.keys())
  const inputs = {
    api_key: adminKey,
    ...(scope === 'personal' && { scope }),
    ...((scope === 'organization' || scope === 'project') && { org_id: organization.id }),
    ...(scope.startsWith('project') && { project_id: project.id }),
  }
  const postApiKeys = {
    'the same': adminKey,
    none: '',
    'a revoked one': `napi_${'0'.repeat(64)}`,
    "another account's": neon.memberKey,
  }
  return {
    lookAlikes,
    inputs,
    postInputs: { ...inputs, api_key: postApiKeys[postApiKey] },
    made: (): Key[] => [...neon.accounts.keys.values()].filter(({ id }) => !before.has(id)),
    works: ({ outputs: { api_key } }: ProcessStory): boolean =>
      api_key !== undefined && neon.accounts.authenticate(api_key, '192.0.2.2') !== undefined,
  }
}

/**
 * Simulates one schedule in virtual time.
 *
 * @param blind the campaign's self-test; see {@link virtualNetwork}
 */
export async function live(schedule: Schedule, blind = false): Promise<VirtualLife> {
  const clock = new VirtualClock()
  const neon = await Neon.create({ now: () => clock.date(), edition: schedule.edition })
  const { lookAlikes, inputs, postInputs, made, works } = prepare(neon, schedule)
  const madeAt = new Map<string, number>()
  neon.accounts.onCreate = ({ id }) => madeAt.set(id, clock.now())
  /** Live keys of the action, created before or since a moment on the virtual clock. */
  const alive = (when: 'before' | 'since', moment: number): Key[] =>
    made().filter(
      ({ id, revokedAt }) => revokedAt === undefined && (madeAt.get(id) ?? 0) < moment === (when === 'before'),
    )

  const hit = { main: [] as Mishap[], post: [] as Mishap[] }
  const arrived = { main: [] as string[], post: [] as string[] }
  /** When main, and when post, last listed the keys to look for lost ones, on the virtual clock. */
  const lastLook = { main: 0, post: 0 }
  let overlooked = 0
  let settled = 0
  const arrival =
    (phase: 'main' | 'post') =>
    ({ operation, method, path }: RecordedRequest): void => {
      arrived[phase].push(`${method} ${/(?<=api_keys\/)\d+$/.exec(path) ?? ''}`.trim())
      if (operation === 'listApiKeys' || operation === 'listOrgApiKeys') {
        // A list that settles a 404 is not a look for lost keys.
        const unsettled = neon.requests.filter(({ method, status }) => method === 'DELETE' && status === 404).length
        if (unsettled > settled) settled += 1
        else lastLook[phase] = clock.now()
      }
      if (operation === 'createApiKey' || operation === 'createOrgApiKey') {
        overlooked += alive('before', lastLook.main).length
      }
    }
  const sentTo = new Set<string>()
  const onSend = (url: URL, { authorization = '' }: Record<string, string>): void => {
    if ([neon.adminKey, neon.memberKey].some((key) => authorization.includes(key))) sentTo.add(url.host)
  }
  const common = (phase: 'main' | 'post', variables: Record<string, string>) => {
    const onMishap = (mishap: Mishap): number => hit[phase].push(mishap)
    const mishaps = schedule[phase]
    const http = virtualNetwork({ neon, clock, mishaps, blind, onMishap, onArrival: arrival(phase), onSend })
    const openHttp = ({ https, http: plain }: ProxySettings): Http =>
      `${https}${plain}`.includes(EVIL) ? evilProxy(clock) : http
    return { clock, environment: { ...variables, ...JOB_VARIABLES }, debug: schedule.debug, random, openHttp }
  }
  const random = randomFrom(schedule.luck)
  const host = `https://console.neon.tech${BASE_PATH}`
  const jobId = schedule.jobIdKnown ? JOB_ID : ''
  const defaults = { env_name: 'NEON_API_KEY', job_id: jobId, api_host: host }

  const { interruption, adversary } = schedule
  const [victim] = lookAlikes as [Key, ...Key[]]
  const loot = { jobId, longLivedKey: neon.adminKey, otherKey: neon.organizationKey, victim }
  const files = new CommandFiles(adversary?.tamperings ?? [], loot)
  const before = adversary?.before ? variablesOf(adversary.before, loot) : {}
  const main = await runProcess({
    ...common('main', before),
    job: createKey,
    inputs: { ...defaults, ...inputs },
    interruption,
    onEffect: (effects) => files.tamper(effects),
    files,
  })
  files.tamper(Number.POSITIVE_INFINITY)
  const handedOnWorks = works(main)
  let paused = false
  clock.after(schedule.pause, () => {
    paused = true
  })
  await clock.runUntil(() => paused)
  const variables = { ...before, ...files.variables, ...(adversary?.between && variablesOf(adversary.between, loot)) }
  // States that main did not save come from the environment.
  const record = files.record ?? variables.STATE_record ?? ''
  const post = await runProcess({
    ...common('post', variables),
    job: revokeKey,
    inputs: { ...defaults, ...postInputs },
    state: { record },
  })
  // Requests that are still in flight are applied now.
  await clock.runUntil(() => false)

  const landed = alive('since', lastLook.post === 0 ? post.start : lastLook.post)
  const leftForSweep = landed.filter(({ name }) => SWEPT_NAME.test(name))
  const life = { schedule, neon, main, post, made: made(), leftForSweep, lookAlikes, files: [], handedOnWorks }
  return { ...life, hit, arrived, overlooked, sentTo, record }
}

/** Live keys that post neither revoked nor named in its failure. */
export function unreportedKeys({ schedule, post, made, leftForSweep }: Life): Key[] {
  // Names in a removed record are unknown; the error still says what to do.
  const tampered = (schedule.adversary?.tamperings.length ?? 0) > 0
  if (tampered && post.error.includes('neon api-keys')) return []
  // With neither the record nor the key that sealed it, post knows of no key.
  if (tampered && schedule.postApiKey !== 'the same') return []
  return made
    .filter((key) => key.revokedAt === undefined && !leftForSweep.includes(key))
    .filter(({ id, name }) => !post.error.includes(id) && !post.error.includes(name))
}
