import { CREATE_DEADLINE } from '../../src/steps/create-key.ts'
import { type Life, unreportedKeys, type VirtualLife } from './life.ts'
import type { Mishap } from './schedule.ts'
import type { ProcessStory } from './virtual-process.ts'

/** Milliseconds; the bound on post in docs/behavior.md. */
const POST_BOUND = 60_000
/** Milliseconds; the runner kills main ten seconds after the job was cancelled. */
const CANCEL_BOUND = 10_000
/** Milliseconds for one attempt to time out and the longest wait after it, in post. */
const TIMEOUT_COST = 12_000
const WAIT_COSTS = [500, 1_000, 2_000, 4_000, 8_000, 10_000]
const SECOND_LOOK_COST = 3_500
/** Milliseconds that mishaps may cost post while it must still succeed. */
const POST_BUDGET = 50_000

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
  const senseless = hit.post.filter((mishap) => ['body', 'fields'].includes(mishap.kind) || isSuccess(mishap))
  // After the second invalid answer in a row, the action assumes that somebody else is answering.
  if (schedule.postApiKey !== 'the same' || senseless.length > 1) return false
  const costs = hit.post.map(costOf)
  const total = costs.reduce((sum, cost, index) => sum + cost + (WAIT_COSTS[index] ?? 10_000), SECOND_LOOK_COST)
  return total < POST_BUDGET
}

const isSuccess = (mishap: Mishap): boolean => mishap.kind === 'status' && mishap.status < 300

/** Milliseconds that a mishap can cost post; infinite if Neon refuses. */
function costOf(mishap: Mishap): number {
  switch (mishap.kind) {
    case 'never sent':
      return mishap.code === 'CERT_HAS_EXPIRED' ? Number.POSITIVE_INFINITY : 10_000
    case 'delay':
    case 'trickle':
      return TIMEOUT_COST
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
    interruption.kind === 'cancelled at'
      ? Math.min(CREATE_DEADLINE, interruption.milliseconds + CANCEL_BOUND)
      : CREATE_DEADLINE
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
