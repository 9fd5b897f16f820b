import { CREATE_DEADLINE } from '../../src/steps/create-key.ts'
import { type Life, untoldKeys } from './life.ts'
import type { Mishap } from './schedule.ts'
import type { ProcessStory } from './virtual-process.ts'

/** Milliseconds; the contract's bound on post. */
const POST_BOUND = 60_000
/** Milliseconds; the runner kills main ten seconds after it cancelled the job. */
const CANCEL_BOUND = 10_000
/** Milliseconds for one attempt to time out and the longest wait after it, in post. */
const TIMEOUT_COST = 12_000
const WAIT_COSTS = [500, 1_000, 2_000, 4_000, 8_000, 10_000]
const SECOND_LOOK_COST = 3_500
/** Milliseconds of post's time that mishaps may cost and post must still succeed. */
const POST_BUDGET = 50_000

/**
 * What must be true of every life, whatever the schedule.
 *
 * @returns what is not, in words; empty when all holds
 */
export function violationsOf(life: Life): string[] {
  return [
    ...noLiveKey(life),
    ...successMeansUsable(life),
    ...nothingForeignTouched(life),
    ...noSecretAstray(life),
    ...inTime(life),
    ...noNeedlessKeys(life),
    ...validRequests(life),
  ]
}

/** (a) and (c): after post no key of the action's is alive, or post failed loudly and for a reason. */
function noLiveKey(life: Life): string[] {
  const { post, schedule } = life
  // A post step that succeeds has no error that could name a key.
  const untold = untoldKeys(life)
  if (post.ending === 'success') return untold.map(({ name }) => `(a) post succeeded and the key ${name} is alive`)
  if (post.ending !== 'failure') return [`(f) post ended ${post.ending}`]
  const needless = mustSucceed(life) ? [`(a) post failed without need: ${post.error}`] : []
  return [
    ...needless,
    ...untold.map(({ name }) => `(a) post failed and did not tell of the key ${name}`),
    ...(schedule.postApiKey === 'the same' || post.error.includes('Revoke it by hand')
      ? []
      : ['(a) post failed and did not say what to do']),
  ]
}

/** Neon answered well enough in post's time: no answer that means 'no', and no more lost time than there is. */
function mustSucceed({ schedule, befell }: Life): boolean {
  if (schedule.postApiKey !== 'the same') return false
  const costs = befell.post.map(costOf)
  const total = costs.reduce((sum, cost, index) => sum + cost + (WAIT_COSTS[index] ?? 10_000), SECOND_LOOK_COST)
  return total < POST_BUDGET
}

/** Milliseconds that a mishap can cost post; infinite where Neon says no. */
function costOf(mishap: Mishap): number {
  switch (mishap.kind) {
    case 'never sent':
      return mishap.code === 'CERT_HAS_EXPIRED' ? Number.POSITIVE_INFINITY : 10_000
    case 'delay':
    case 'trickle':
      return TIMEOUT_COST
    case 'status': {
      const again = [423, 429, 503].includes(mishap.status) || mishap.status >= 500 || mishap.status < 300
      // The virtual clock may be past a date, or not: the longest is assumed.
      const wait = mishap.headers?.['retry-after'] ?? '0'
      const seconds = /^\d+$/.test(wait) ? Number(wait) : 40
      return again ? seconds * 1000 : Number.POSITIVE_INFINITY
    }
    default:
      return 100
  }
}

/** (b) main never reports success without a usable, masked, unrevoked key. */
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

/** (d) no key that the action did not make is ever touched. */
function nothingForeignTouched({ lookAlikes, neon, made }: Life): string[] {
  const ids = new Set(made.map(({ key }) => key.id))
  const aimed = neon.requests
    .filter(({ method }) => method === 'DELETE')
    .map(({ path }) => path.split('/').at(-1) ?? '')
    .filter((id) => !ids.has(id))
  return [
    ...lookAlikes.filter((key) => key.revokedAt !== undefined).map(({ name }) => `(d) the key ${name} was revoked`),
    ...aimed.map((id) => `(d) asked to revoke the key ${id}, which is not the action's`),
  ]
}

/** (e) no secret outside the places that the contract allows. */
function noSecretAstray({ main, post, longLivedKey, schedule }: Life): string[] {
  const found: string[] = []
  const search = (where: string, texts: Iterable<string>, allowed?: string): void => {
    for (const text of texts) {
      for (const [secret] of text.matchAll(/napi_[0-9a-f]+/g)) {
        if (secret !== allowed) found.push(`(e) ${secret === longLivedKey ? 'the long-lived' : 'a'} key in ${where}`)
      }
    }
  }
  const fresh = main.outputs.api_key ?? main.exported.NEON_API_KEY ?? freshKeyInState(main)
  search("main's log", main.log)
  search("post's log", post.log)
  search('the intent', [main.state.intent ?? ''])
  search('the state', [main.state.created ?? ''], schedule.scope.startsWith('project') ? undefined : fresh)
  search('an output', Object.values(main.outputs), fresh)
  search('a variable', Object.values(main.exported), fresh)
  if (fresh === longLivedKey) found.push('(e) the long-lived key was handed on')
  return found
}

function freshKeyInState({ state }: ProcessStory): string | undefined {
  return /napi_[0-9a-f]+/.exec(state.created ?? '')?.[0]
}

/** (f) main and post end within their deadlines, and soon once cancelled. */
function inTime({ main, post, schedule: { interruption } }: Life): string[] {
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

/** (g) a key that is not needed is made only where an answer was lost, and never while another one lies about. */
function noNeedlessKeys({ made, overlooked, befell, main }: Life): string[] {
  const needed = main.outputs.api_key === undefined ? 0 : 1
  const lost = befell.main.length + (main.ending === 'success' ? 0 : 1)
  return [
    ...(overlooked > 0 ? ['(g) a key was made while an earlier one was known to be alive'] : []),
    ...(made.length - needed > lost ? [`(g) ${made.length} keys were made`] : []),
  ]
}

/** Every request is valid by Neon's OpenAPI document, and so is every answer of the simulator. */
function validRequests({ neon }: Life): string[] {
  return [...neon.requests.flatMap(({ violations }) => violations), ...neon.violations].map(
    (violation) => `(OpenAPI) ${violation}`,
  )
}
