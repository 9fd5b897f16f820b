import { type Life, unreportedKeys, type VirtualLife } from './life.ts'
import type { Mishap } from './schedule.ts'
import type { ProcessStory } from './virtual-process.ts'

// The bounds of docs/behavior.md, not the constants of the code.

/** Milliseconds until the process of main, and that of post, has ended. */
const MAIN_BOUND = 180_000
const POST_BOUND = 60_000
/** Milliseconds; the runner kills main ten seconds after the job was cancelled. */
const CANCEL_BOUND = 10_000
/** Milliseconds for one attempt to time out and the longest wait after it, in post. */
const TIMEOUT_COST = 12_000
const WAIT_COSTS = [500, 1_000, 2_000, 4_000, 8_000, 10_000]
const SECOND_LOOK_COST = 3_500
/** Milliseconds that mishaps may cost while main, or post, must still succeed. */
const MAIN_BUDGET = 150_000
const POST_BUDGET = 50_000
/** Milliseconds for one attempt of main to time out. */
const CREATE_TIMEOUT_COST = 30_000
/** Creates that may have been applied; after a third one, main gives up. */
const MOST_DOUBTS = 2

/** The errors that a step documents; any other is a defect of the action. */
const DOCUMENTED_ERRORS = [
  ...['InputError', 'RunnerError', 'NeonRefused', 'InvalidAnswer', 'WrongScope', 'NeonUnreachable', 'GaveUp'],
  ...['RateLimited', 'GithubRefused', 'Cancelled', 'KeyMayBeAlive'],
]

/**
 * Checks the invariants of every life.
 *
 * @returns the broken invariants; empty if all hold
 */
export function violationsOf(life: Life): string[] {
  return [
    ...noLiveKey(life),
    ...successMeansUsable(life),
    ...nothingForeignTouched(life),
    ...noSecretAstray(life),
    ...validRequests(life),
  ]
}

/** The same, and invariants that only virtual time can check: causes and durations. */
export function virtualViolationsOf(life: VirtualLife): string[] {
  const needless = life.post.ending === 'failure' && mustSucceed(life)
  return [
    ...violationsOf(life),
    ...(needless ? [`(a) post failed without need: ${life.post.error}`] : []),
    ...inTime(life),
    ...keyWentToNeonAlone(life),
    ...noNeedlessKeys(life),
    ...mainSucceeds(life),
    ...documentedCost(life),
    ...revokedById(life),
    ...documentedErrors([life.main, life.post]),
  ]
}

/** (a) and (c): after post no key of the action is alive, or post failed for a reason and said so. */
function noLiveKey(life: Life): string[] {
  const { post, schedule } = life
  // A post step that succeeds has no error that could name a key.
  const alive = unreportedKeys(life).map(({ name }) => name)
  if (post.ending === 'success') return alive.map((name) => `(a) post succeeded and the key ${name} is alive`)
  if (post.ending !== 'failure') return [`(f) post ended ${post.ending}`]
  const advised = schedule.postApiKey === 'the same' || post.error.includes('revoke it by hand')
  return [
    ...alive.map((name) => `(a) post failed and did not name the key ${name}`),
    ...(advised ? [] : ['(a) post failed and did not say what to do']),
  ]
}

/** Whether Neon answered well enough for post: no refusal, and enough time left. */
function mustSucceed({ schedule, hit, main, record }: VirtualLife): boolean {
  const { adversary, jobIdKnown } = schedule
  if (adversary?.before || (adversary?.tamperings.length ?? 0) > 0) return false
  // Without a record, post looks by the ID of the job, through the proxies that are set by then.
  const told = record === main.state.record && /"kind":"(?:keys|no key)"/.test(record)
  if (!told && (adversary || !jobIdKnown)) return false
  return schedule.postApiKey === 'the same' && pass(hit.post, TIMEOUT_COST, POST_BUDGET - SECOND_LOOK_COST)
}

/** (i) main succeeds without a fault, and after faults that pass in time. */
function mainSucceeds({ schedule, hit, main }: VirtualLife): string[] {
  const { adversary, interruption } = schedule
  if (interruption.kind !== 'none' || adversary?.before || (adversary?.tamperings.length ?? 0) > 0) return []
  const doubts = hit.main.filter(({ kind }) => kind !== 'never sent')
  const otherProject = doubts.some((mishap) => mishap.kind === 'fields' && mishap.fields.project_id !== undefined)
  if (doubts.length > MOST_DOUBTS || otherProject) return []
  if (!pass(hit.main, CREATE_TIMEOUT_COST, MAIN_BUDGET) || main.ending === 'success') return []
  return [`(i) main failed without need: ${main.error}`]
}

/** (i) without a fault, main and post send the requests that docs/behavior.md lists, and no more. */
function documentedCost({ schedule, hit, main, arrived, record }: VirtualLife): string[] {
  const { scope, edition } = schedule
  const found: string[] = []
  if (hit.main.length === 0 && main.ending === 'success') {
    const lookUp = scope === 'project looked up' ? ['GET'] : []
    // The answer has another name, or lacks the project.
    const list = edition === 'reference' || (edition === 'least' && scope.startsWith('project')) ? ['GET'] : []
    const expected = [...lookUp, 'POST', ...list].join(', ')
    if (arrived.main.join(', ') !== expected) found.push(`(i) main sent ${arrived.main.join(', ')}, not ${expected}`)
  }
  const id = idIn(record)
  const intact =
    main.ending === 'success' &&
    record === main.state.record &&
    schedule.postApiKey === 'the same' &&
    !record.includes('"doubtful":[{')
  if (intact && id !== undefined && hit.post.length === 0 && arrived.post.join(', ') !== `DELETE ${id}`) {
    found.push(`(i) post sent ${arrived.post.join(', ')}, not DELETE ${id}`)
  }
  return found
}

/** (j) post revokes by ID where it knows the ID. */
function revokedById({ main, post, record, arrived }: VirtualLife): string[] {
  const id = record === main.state.record ? idIn(record) : undefined
  if (id === undefined || post.ending !== 'success' || arrived.post.includes(`DELETE ${id}`)) return []
  return [`(j) post knew the key ${id}, and sent ${arrived.post.join(', ')}`]
}

const idIn = (record: string): string | undefined => /"created":\{"id":"(\d+)"/.exec(record)?.[1]

/** (k) steps end with documented errors alone, and their messages have no holes. */
export function documentedErrors(stories: readonly ProcessStory[]): string[] {
  return stories.flatMap(({ thrown, log }) => [
    ...(thrown === undefined || DOCUMENTED_ERRORS.includes(thrown) ? [] : [`(k) a step ended with a ${thrown}`]),
    ...log.filter((line) => DEFECT.test(line)).map((line) => `(k) a defect in the log: ${line}`),
  ])
}

/** What JavaScript says when code is wrong. */
const DEFECT = /\bundefined\b|\bNaN\b|\[object |is not (?:a function|iterable)|Cannot (?:read|set|destructure) /

/** Whether the action must get over these mishaps: no refusal, not two invalid answers in a row, and enough time. */
function pass(mishaps: readonly Mishap[], timeout: number, budget: number): boolean {
  const invalid = mishaps.filter((mishap) => ['body', 'fields'].includes(mishap.kind) || isSuccess(mishap))
  // After the second invalid answer in a row, the action assumes that somebody else is answering.
  if (invalid.length > 1) return false
  const costs = mishaps.map((mishap) => costOf(mishap, timeout))
  return costs.reduce((sum, cost, index) => sum + cost + (WAIT_COSTS[index] ?? 10_000), 0) < budget
}

const isSuccess = (mishap: Mishap): boolean => mishap.kind === 'status' && mishap.status < 300

/** Milliseconds that a mishap can cost; infinite if Neon refuses. */
function costOf(mishap: Mishap, timeout: number): number {
  switch (mishap.kind) {
    case 'never sent':
      return mishap.code === 'CERT_HAS_EXPIRED' ? Number.POSITIVE_INFINITY : 10_000
    case 'delay':
    case 'trickle':
      return timeout
    case 'status': {
      const again = [423, 429, 503].includes(mishap.status) || mishap.status >= 500 || isSuccess(mishap)
      // The virtual clock may or may not be past a date: assume the longest wait.
      const wait = mishap.headers?.['retry-after'] ?? '0'
      const seconds = /^\d+$/.test(wait) ? Number(wait) : 40
      return again ? seconds * 1000 : Number.POSITIVE_INFINITY
    }
    default:
      return 100
  }
}

/** (b) main never succeeds without a usable, masked, unrevoked key. */
function successMeansUsable({ main, handedOnWorks }: Life): string[] {
  const key = main.outputs.api_key
  if (main.ending !== 'success') return []
  if (key === undefined) return ['(b) main succeeded without a key']
  return [
    ...(handedOnWorks ? [] : ['(b) main succeeded and its key does not work']),
    ...(main.masks.includes(key) ? [] : ['(b) the key is not masked']),
    ...(main.exported.NEON_API_KEY === key ? [] : ['(b) the variable does not hold the key']),
  ]
}

/** (d) the action never touches a key that it did not create. */
function nothingForeignTouched({ lookAlikes, neon, made }: Life): string[] {
  const ids = new Set(made.map(({ id }) => id))
  const aimed = neon.requests
    .filter(({ method }) => method === 'DELETE')
    .map(({ path }) => path.split('/').at(-1) ?? '')
    .filter((id) => !ids.has(id))
  return [
    ...lookAlikes.filter((key) => key.revokedAt !== undefined).map(({ name }) => `(d) the key ${name} was revoked`),
    ...aimed.map((id) => `(d) asked to revoke the key ${id}, which is not the action's`),
  ]
}

/** (e) secrets appear only where docs/security.md allows them. */
function noSecretAstray({ main, post, neon, schedule, files }: Life): string[] {
  const found: string[] = []
  const search = (where: string, texts: Iterable<string>, allowed?: string): void => {
    for (const text of texts) {
      for (const [secret] of text.matchAll(/napi_[0-9a-f]+/g)) {
        if (secret !== allowed) found.push(`(e) ${secret === neon.adminKey ? 'the long-lived' : 'a'} key in ${where}`)
      }
    }
  }
  const fresh =
    main.outputs.api_key ?? main.exported.NEON_API_KEY ?? /napi_[0-9a-f]+/.exec(main.state.record ?? '')?.[0]
  search("main's log", main.log)
  search("post's log", post.log)
  search('the state', Object.values(main.state), schedule.scope.startsWith('project') ? undefined : fresh)
  search('an output', Object.values(main.outputs), fresh)
  search('a variable', Object.values(main.exported), fresh)
  if (files.some((text) => text.includes(neon.adminKey))) found.push('(e) the long-lived key in a file')
  if (fresh === neon.adminKey) found.push('(e) the long-lived key was handed on')
  return found
}

/** (h) the long-lived key is sent to `api_host`, and nowhere else. */
function keyWentToNeonAlone({ sentTo }: VirtualLife): string[] {
  return [...sentTo]
    .filter((host) => host !== 'console.neon.tech')
    .map((host) => `(h) the long-lived key went to ${host}`)
}

/** (f) main and post end within their deadlines, and soon once cancelled. */
function inTime({ main, post, schedule: { interruption } }: VirtualLife): string[] {
  const bound =
    interruption.kind === 'cancelled at' ? Math.min(MAIN_BOUND, interruption.milliseconds + CANCEL_BOUND) : MAIN_BOUND
  const took = (story: ProcessStory): number => story.end - story.start
  return [
    ...(main.ending === 'stuck' ? ['(f) main never ended'] : []),
    ...(took(main) > bound ? [`(f) main took ${took(main)} ms`] : []),
    ...(interruption.kind === 'cancelled at' && main.ending === 'killed' ? ['(f) main had to be killed'] : []),
    ...(took(post) > POST_BOUND ? [`(f) post took ${took(post)} ms`] : []),
  ]
}

/** (g) a second key is created only if an answer was lost, and never while main knows that another one is alive. */
function noNeedlessKeys({ made, overlooked, hit, main }: VirtualLife): string[] {
  const needed = main.outputs.api_key === undefined ? 0 : 1
  const lost = hit.main.length + (main.ending === 'success' ? 0 : 1)
  return [
    ...(overlooked > 0 ? ['(g) a key was made while an earlier one was known to be alive'] : []),
    ...(made.length - needed > lost ? [`(g) ${made.length} keys were created`] : []),
  ]
}

/** Every request and every simulated answer is valid by Neon's OpenAPI document. */
function validRequests({ neon }: Life): string[] {
  return [...neon.requests.flatMap(({ violations }) => violations), ...neon.violations].map(
    (violation) => `(OpenAPI) ${violation}`,
  )
}
