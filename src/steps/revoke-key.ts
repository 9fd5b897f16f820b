import { Deadline } from '../base/clock.ts'
import { formatError, GaveUp, KeyMayBeAlive, NeonRefused, RunnerError } from '../base/errors.ts'
import type { RevokedKey } from '../neon/answers.ts'
import { isSendable } from '../neon/api-key.ts'
import { connect } from '../neon/client.ts'
import type { Keys } from '../neon/keys.ts'
import { describeScope, type Scope } from '../neon/scope.ts'
import { readApiKey } from './inputs.ts'
import { checkOf } from './key-check.ts'
import { readState, type SavedKey } from './state.ts'
import type { World } from './world.ts'

/** Milliseconds; the step has to end within 60 s, because a cancelled job's clean-up is cut off. */
export const REVOKE_DEADLINE = 55_000

/** Milliseconds before the second look for a key whose creation was cut off in flight and may land late. */
export const SECOND_LOOK = 3_000

/**
 * The post step: revokes what the main step created or may have created.
 *
 * Everything but the long-lived key comes from the state, since post's inputs may be those of another step (actions/
 * runner issues 3514, 2030, 2800).
 *
 * @throws {KeyMayBeAlive} when it could not make sure that no key is left
 * @throws {RunnerError} when the state cannot be read
 */
export async function revokeKey(world: World): Promise<void> {
  const { runner } = world
  const apiKey = readApiKey(runner)
  const state = readState(runner)
  if (!state) return runner.info('The main step sent no request to create an API key; there is nothing to revoke.')
  const { intent, created } = state
  if (created?.key !== undefined) runner.mask(created.key)
  const doubtful = intent.names.filter((name) => name !== created?.name)
  if (!created && doubtful.length === 0) return runner.info('No API key was created; there is nothing to revoke.')

  const { apiHost, scope } = intent
  const deadline = new Deadline(world.clock, REVOKE_DEADLINE)
  const post: Post = {
    world,
    scope,
    sameAccount: scope.kind !== 'personal' || checkOf(apiKey, intent.names) === intent.apiKeyCheck,
    keysWith(key) {
      if (isSendable(key)) return connect(world, { apiHost, apiKey: key, deadline }).keysOf(scope)
      throw new NeonRefused('The api_key input holds no API key in the post step.', 401)
    },
  }
  const results = await Promise.allSettled([
    created && revokeCreated(post, created, apiKey),
    doubtful.length > 0 && revokeDoubtful(post, doubtful, apiKey),
  ])
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [formatError(result.reason)] : []))
  if (failures.length > 0) throw new KeyMayBeAlive(failures.join(' '), intent.onRevokeFailure === 'fail')
}

const OTHER_API_KEY = 'The api_key input is not the one that the main step was given.'

/** What both ways of revoking need. */
interface Post {
  world: World
  scope: Scope
  /** Whether the list that the long-lived key is given is the one that our key would be in. */
  sameAccount: boolean
  /** The keys of the scope, as an API key sees them. @throws {NeonRefused} for what cannot be a key */
  keysWith(apiKey: string): Keys
}

async function revokeCreated(post: Post, created: SavedKey, apiKey: string): Promise<void> {
  const key = `Neon API key ${created.id} (${created.name})`
  try {
    const revoked = await revokeOneWayOrTheOther(post, created, apiKey)
    if (revoked) reportUse(post.world, `Revoked the ${key}`, revoked)
    else post.world.runner.info(`The ${key} was gone already.`)
  } catch (cause) {
    throw new Error(mayBeAlive(`The ${key}`, { scope: post.scope, id: created.id, cause }), { cause })
  }
}

/**
 * Revokes with the long-lived key, or, where Neon rejects that, has the fresh key revoke itself.
 *
 * Where this step was handed the key of another account, a list without our key means nothing, so there the fresh key
 * itself is asked to.
 *
 * @returns `undefined` when the key was gone already
 */
async function revokeOneWayOrTheOther(
  { world, sameAccount, keysWith }: Post,
  created: SavedKey,
  apiKey: string,
): Promise<RevokedKey | undefined> {
  let rejection: unknown
  try {
    const revoked = await keysWith(apiKey).revokeForCertain(created)
    if (revoked || sameAccount) return revoked
    rejection = new RunnerError(OTHER_API_KEY)
  } catch (error) {
    rejection = error
  }
  if (created.key === undefined || rejection instanceof GaveUp) throw rejection
  try {
    const revoked = await keysWith(created.key).revoke(created.id)
    world.runner.warning(
      'The api_key input was of no use in the post step, so the fresh key revoked itself. Check the secret: it may hold a key that was revoked, or one of another account.',
      'The api_key input could not revoke the key',
    )
    return revoked
  } catch {
    // It is the long-lived key's rejection that the author of the workflow can do something about.
    throw rejection
  }
}

async function revokeDoubtful(post: Post, names: string[], apiKey: string): Promise<void> {
  const { world, scope, sameAccount, keysWith } = post
  const named = `named ${names.join(' or ')}`
  try {
    const keys = keysWith(apiKey)
    if (!sameAccount) throw new RunnerError(OTHER_API_KEY)
    const look = async (): Promise<number> => {
      const revoked = await keys.revokeNamed(names)
      for (const key of revoked) reportUse(world, `Revoked the Neon API key ${key.id} (${key.name})`, key)
      return revoked.length
    }
    const first = await look()
    await world.clock.sleep(SECOND_LOOK, world.cancelled)
    if (first + (await look()) === 0) world.runner.info(`No API key ${named} exists.`)
  } catch (cause) {
    throw new Error(mayBeAlive(`An API key ${named}`, { scope, id: '<ID>', cause }), { cause })
  }
}

function reportUse({ runner }: World, what: string, { lastUsedAt, lastUsedFrom }: RevokedKey): void {
  runner.info(`${what}. ${lastUsedAt ? `It was last used at ${lastUsedAt}.` : 'It was never used.'}`)
  if (lastUsedFrom) runner.debug(`Last used from ${lastUsedFrom}.`)
}

function mayBeAlive(what: string, { scope, id, cause }: { scope: Scope; id: string; cause: unknown }): string {
  const [command, place] =
    scope.kind === 'personal'
      ? [`neon api-keys revoke ${id}`, 'account']
      : [`neon api-keys revoke ${id} --org-id ${scope.orgId}`, 'organization']
  return (
    `${what} of the ${describeScope(scope)} may still be alive: ${formatError(cause).replace(/\.?$/, '.')} Neon's keys never expire. ` +
    `Revoke it by hand: in the Neon Console under the ${place}'s settings, API keys, or with \`${command}\`.`
  )
}
