import { Deadline } from '../base/clock.ts'
import { describe, GaveUp, KeyMayBeAlive, NeonRefused, RunnerError } from '../base/errors.ts'
import type { RevokedKey } from '../neon/answers.ts'
import { isSendable } from '../neon/api-key.ts'
import { NeonApi } from '../neon/client.ts'
import type { Patience } from '../neon/retry.ts'
import { revokeById } from '../neon/revoke-by-id.ts'
import { revokeByName } from '../neon/revoke-by-name.ts'
import { describeScope, type Scope } from '../neon/scope.ts'
import { readApiKey } from './inputs.ts'
import { checkOf } from './key-check.ts'
import { type CreatedKey, readState } from './state.ts'
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
  const { runner, clock, http, random, cancelled } = world
  const apiKey = readApiKey(runner)
  const state = readState(runner)
  if (!state) return runner.info('The main step sent no request to create an API key; there is nothing to revoke.')
  const { intent, created } = state
  if (created?.key !== undefined) runner.mask(created.key)
  const doubtful = intent.names.filter((name) => name !== created?.name)
  if (!created && doubtful.length === 0) return runner.info('No API key was created; there is nothing to revoke.')

  const deadline = new Deadline(clock, REVOKE_DEADLINE)
  const patience: Patience = { clock, deadline, random, cancelled, onWait: runner.waiting }
  const post: Post = {
    world,
    scope: intent.scope,
    sameAccount: intent.scope.orgId !== undefined || checkOf(apiKey, intent.names) === intent.apiKeyCheck,
    neonFor(key) {
      if (isSendable(key)) return new NeonApi({ apiHost: intent.apiHost, apiKey: key, http, patience })
      throw new NeonRefused('The api_key input holds no API key in the post step.', 401)
    },
  }
  const results = await Promise.allSettled([
    created && revokeCreated(post, created, apiKey),
    doubtful.length > 0 && revokeDoubtful(post, doubtful, apiKey),
  ])
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [describe(result.reason)] : []))
  if (failures.length > 0) throw new KeyMayBeAlive(failures.join(' '), intent.onRevokeFailure === 'fail')
}

const OTHER_API_KEY = 'The api_key input is not the one that the main step was given.'

/** What both ways of revoking need. */
interface Post {
  world: World
  scope: Scope
  /** Whether the list that the long-lived key is given is the one that our key would be in. */
  sameAccount: boolean
  /** @throws {NeonRefused} for what cannot be a key */
  neonFor(key: string): NeonApi
}

async function revokeCreated(post: Post, created: CreatedKey, apiKey: string): Promise<void> {
  const key = `Neon API key ${created.id} (${created.name})`
  try {
    const revoked = await revokeOneWayOrTheOther(post, created, apiKey)
    if (revoked) reportUse(post.world, `Revoked the ${key}`, revoked)
    else post.world.runner.info(`The ${key} was gone already.`)
  } catch (cause) {
    throw new Error(mayBeAlive(`The ${key}`, post.scope, created.id, cause), { cause })
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
  { world, scope, sameAccount, neonFor }: Post,
  created: CreatedKey,
  apiKey: string,
): Promise<RevokedKey | undefined> {
  const { id, key: itself } = created
  let rejection: unknown
  try {
    const revoked = await revokeById(neonFor(apiKey), scope, created)
    if (revoked || sameAccount) return revoked
    rejection = new RunnerError(OTHER_API_KEY)
  } catch (error) {
    rejection = error
  }
  if (itself === undefined || rejection instanceof GaveUp) throw rejection
  try {
    const revoked = await neonFor(itself).revokeKey(scope, id)
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

async function revokeDoubtful(
  { world, scope, sameAccount, neonFor }: Post,
  names: string[],
  apiKey: string,
): Promise<void> {
  const named = `named ${names.join(' or ')}`
  try {
    const neon = neonFor(apiKey)
    if (!sameAccount) throw new RunnerError(OTHER_API_KEY)
    const look = async (): Promise<number> => {
      const revoked = await revokeByName(neon, scope, names)
      for (const key of revoked) reportUse(world, `Revoked the Neon API key ${key.id} (${key.name})`, key)
      return revoked.length
    }
    const first = await look()
    await world.clock.sleep(SECOND_LOOK, world.cancelled)
    if (first + (await look()) === 0) world.runner.info(`No API key ${named} exists.`)
  } catch (cause) {
    throw new Error(mayBeAlive(`An API key ${named}`, scope, '<ID>', cause), { cause })
  }
}

function reportUse({ runner }: World, what: string, { lastUsedAt, lastUsedFrom }: RevokedKey): void {
  runner.info(`${what}. ${lastUsedAt ? `It was last used at ${lastUsedAt}.` : 'It was never used.'}`)
  if (lastUsedFrom) runner.debug(`Last used from ${lastUsedFrom}.`)
}

function mayBeAlive(what: string, scope: Scope, id: string, cause: unknown): string {
  const [command, place] =
    scope.orgId === undefined
      ? [`neon api-keys revoke ${id}`, 'account']
      : [`neon api-keys revoke ${id} --org-id ${scope.orgId}`, 'organization']
  return (
    `${what} of the ${describeScope(scope)} may still be alive: ${describe(cause).replace(/\.?$/, '.')} Neon's keys never expire. ` +
    `Revoke it by hand: in the Neon Console under the ${place}'s settings, API keys, or with \`${command}\`.`
  )
}
