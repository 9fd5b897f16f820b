import type { Key } from '../../simulator/neon/accounts.ts'
import { BASE_PATH, Neon, type RecordedRequest } from '../../simulator/neon/neon.ts'
import { parseKeyName } from '../../src/github/key-name.ts'
import { createKey } from '../../src/steps/create-key.ts'
import { revokeKey } from '../../src/steps/revoke-key.ts'
import type { Mishap, Schedule } from './schedule.ts'
import { virtualNetwork } from './virtual-network.ts'
import { type ProcessStory, runProcess } from './virtual-process.ts'
import { randomFrom, VirtualClock } from './virtual-time.ts'

const ENVIRONMENT = {
  GITHUB_REPOSITORY_ID: '812345678',
  GITHUB_RUN_ID: '19876543210',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'octo-org/shop',
  GITHUB_JOB: 'test',
}

/** Names that look like ours to a careless reader; their keys must outlive everything. */
const LOOK_ALIKES = [
  'gha/812345678/19876543210/1/aaaaaaaa/shop.test',
  'gha/812345678/19876543210/1/aaaaaaaa',
  'gha/812345678/19876543210/1',
  'gha/812345678/19876543210/1/AAAAAAAA/shop.test',
  'gha-0000/812345678/19876543210/1/aaaaaaaa/shop.test',
  'terraform',
]

/** The whole life of a key, as it went. */
export interface Life {
  schedule: Schedule
  neon: Neon
  longLivedKey: string
  main: ProcessStory
  post: ProcessStory
  /** Every key made by the action; `at` on the virtual clock. */
  made: { key: Key; at: number }[]
  lookAlikes: Key[]
  /** Mishaps that befell a request (schedules hold more than are reached). */
  befell: { main: Mishap[]; post: Mishap[] }
  /** When main, and when post, last listed the keys to look for lost ones, on the virtual clock. */
  lastLook: { main: number; post: number }
  /** Live keys of the action's at the moment each create arrived that main's last look must have found. */
  overlooked: number
  /** Whether the handed-on key worked when main had ended. */
  handedOnWorks: boolean
}

export interface LifeOptions {
  /** The campaign's self-test; see {@link virtualNetwork}. */
  blind?: boolean
}

/** Lives through one schedule in virtual time. */
export async function live(schedule: Schedule, { blind = false }: LifeOptions = {}): Promise<Life> {
  const clock = new VirtualClock()
  const neon = await Neon.create({ now: () => clock.date() })
  const { organization, project, ada, adminKey: longLivedKey } = neon
  const random = randomFrom(schedule.luck)
  const owner = schedule.scope === 'personal' ? { user: ada } : { organization }
  const lookAlikes = LOOK_ALIKES.map((name) => neon.accounts.createKey(owner, name, ada).key)
  const before = new Set(neon.accounts.keys.keys())
  const madeAt = new Map<string, number>()
  neon.accounts.onCreate = ({ id }) => madeAt.set(id, clock.now())
  const ours = (): Key[] => [...neon.accounts.keys.values()].filter(({ id }) => !before.has(id))

  const inputs = {
    api_key: longLivedKey,
    env_name: 'NEON_API_KEY',
    on_revoke_failure: 'fail',
    api_host: `https://console.neon.tech${BASE_PATH}`,
    ...(schedule.scope === 'organization' || schedule.scope === 'project' ? { org_id: organization.id } : {}),
    ...(schedule.scope.startsWith('project') ? { project_id: project.id } : {}),
  }
  const befell = { main: [] as Mishap[], post: [] as Mishap[] }
  const lastLook = { main: 0, post: 0 }
  let overlooked = 0
  let settled = 0
  const arrival =
    (phase: 'main' | 'post') =>
    ({ operation }: RecordedRequest): void => {
      if (operation === 'listApiKeys' || operation === 'listOrgApiKeys') {
        // A list that settles a 404 is not a look for lost keys.
        const unsettled = neon.requests.filter(({ method, status }) => method === 'DELETE' && status === 404).length
        if (unsettled > settled) settled += 1
        else lastLook[phase] = clock.now()
      }
      if (operation === 'createApiKey' || operation === 'createOrgApiKey') {
        overlooked += ours().filter(
          (key) => key.revokedAt === undefined && (madeAt.get(key.id) ?? 0) < lastLook.main,
        ).length
      }
    }
  const network = (phase: 'main' | 'post') =>
    virtualNetwork({
      neon,
      clock,
      mishaps: schedule[phase],
      blind,
      onMishap: (mishap) => befell[phase].push(mishap),
      onArrival: arrival(phase),
    })
  const common = { clock, environment: ENVIRONMENT, debug: schedule.debug, random }

  const main = await runProcess({
    ...common,
    job: createKey,
    http: network('main'),
    inputs,
    state: {},
    interruption: schedule.interruption,
  })
  const handedOn = main.outputs.api_key
  const handedOnWorks = handedOn !== undefined && neon.accounts.authenticate(handedOn, '192.0.2.2') !== undefined

  let paused = false
  clock.after(schedule.pause, () => {
    paused = true
  })
  await clock.runUntil(() => paused)
  const postApiKeys = {
    'the same': longLivedKey,
    none: '',
    'a revoked one': `napi_${'0'.repeat(64)}`,
    "another account's": neon.memberKey,
  }
  const post = await runProcess({
    ...common,
    job: revokeKey,
    http: network('post'),
    inputs: { ...inputs, api_key: postApiKeys[schedule.postApiKey] },
    state: main.state,
    interruption: { kind: 'none' },
  })
  // What is still on its way lands now.
  await clock.runUntil(() => false)

  const made = ours().map((key) => ({ key, at: madeAt.get(key.id) ?? 0 }))
  return { schedule, neon, longLivedKey, main, post, made, lookAlikes, befell, lastLook, overlooked, handedOnWorks }
}

/** Live keys that post should have revoked, and neither did nor named in its failure. */
export function untoldKeys(life: Life): Key[] {
  const { post, made } = life
  const late = new Set(leftForSweep(life))
  return made
    .map(({ key }) => key)
    .filter((key) => key.revokedAt === undefined && !late.has(key))
    .filter(({ id, name }) => !post.error.includes(id) && !post.error.includes(name))
}

/** Keys that landed when post had looked for the last time: no job can find them, the next sweep does. */
export function leftForSweep({ made, post, lastLook }: Life): Key[] {
  const looked = lastLook.post === 0 ? post.start : lastLook.post
  return made
    .filter(({ key, at }) => key.revokedAt === undefined && at >= looked && parseKeyName(key.name) !== undefined)
    .map(({ key }) => key)
}
