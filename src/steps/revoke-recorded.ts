import type { Deadline } from '../base/clock.ts'
import { GaveUp } from '../base/errors.ts'
import { withCredentialsFrom } from '../base/proxy-settings.ts'
import { isOfJob } from '../github/key-name.ts'
import type { RunContext } from '../github/run-context.ts'
import type { ListedKey, RevokedKey } from '../neon/answers.ts'
import { connect } from '../neon/client.ts'
import type { Keys } from '../neon/keys.ts'
import { type DoubtfulKey, findDoubtful } from '../neon/settle.ts'
import { mayBeAlive, type SuspectedKey } from './may-be-alive.ts'
import type { KeysRecord, RecordedKey } from './record.ts'
import { reportUse } from './report-use.ts'
import type { World } from './world.ts'

/** Milliseconds before the second search for a key whose create was cut off and may be applied late. */
export const SECOND_LOOK = 3_000

/** What revoking needs in addition to the record. */
export interface Post {
  world: World
  /** The long-lived key. */
  apiKey: string
  deadline: Deadline
  /** The current job; `undefined` if the runner does not provide it. */
  run: RunContext | undefined
}

/**
 * Revokes the keys that main's record names.
 *
 * @throws {KeyMayBeAlive} if it could not confirm that no key is left
 */
export async function revokeRecorded(post: Post, record: KeysRecord): Promise<void> {
  const { created, scope } = record
  if (created?.key !== undefined) post.world.runner.mask(created.key)
  const doubtful = record.doubtful.filter(({ name }) => name !== created?.name)
  const connectAs = connector(post, record)
  const suspects: SuspectedKey[] = []
  const suspect =
    (key: Pick<SuspectedKey, 'id' | 'names'>) =>
    (cause: unknown): void =>
      void suspects.push({ ...key, scope, cause })
  await Promise.all([
    created &&
      revokeCreated(post, { created, names: record.names }, connectAs).catch(
        suspect({ id: created.id, names: [created.name] }),
      ),
    doubtful.length > 0 &&
      revokeDoubtful(post, { doubtful, names: created ? undefined : record.names }, connectAs).catch(
        suspect({ names: doubtful.map(({ name }) => name) }),
      ),
  ])
  if (suspects.length > 0) throw mayBeAlive(suspects, record.onRevokeFailure)
}

/** Accesses the keys of the record's scope with an API key. */
type Connector = (apiKey: string) => Keys

/** Connects like main: to the same host, through the same proxies. */
function connector({ world, deadline }: Post, { apiHost, scope, proxies }: KeysRecord): Connector {
  const http = world.openHttp(withCredentialsFrom(world.environment, proxies))
  return (apiKey) => connect({ ...world, http }, { apiHost, apiKey, deadline }).keysOf(scope)
}

/**
 * Whether this use of the action may have created a key, or the key is another of this job. Somebody may have replaced the
 * last record with an earlier one, or with that of another use in the same composite action, which looks the same.
 */
function isMeant({ name }: ListedKey, names: readonly string[], run: RunContext | undefined): boolean {
  return names.includes(name) || (run !== undefined && isOfJob(name, run))
}

async function revokeCreated(
  { world, apiKey, run }: Post,
  { created, names }: { created: RecordedKey; names: readonly string[] },
  connectAs: Connector,
): Promise<void> {
  const what = `Neon API key ${created.id} (${created.name})`
  let revoked: RevokedKey | undefined
  try {
    const all = [created.name, ...names]
    revoked = await connectAs(apiKey).revokeAndConfirm(created, (key) => isMeant(key, all, run))
  } catch (rejection) {
    if (created.key === undefined || rejection instanceof GaveUp) throw rejection
    // The author of the workflow can fix the rejection of the long-lived key.
    revoked = await revokeItself(world, connectAs(created.key), created.id).catch(() => {
      throw rejection
    })
  }
  if (revoked) reportUse(world.runner, `Revoked the ${what}`, revoked)
  else world.runner.info(`The ${what} was already revoked.`)
}

/** Revokes the fresh key with itself, as a last resort. */
export async function revokeItself({ runner }: World, keys: Keys, id: string): Promise<RevokedKey> {
  const revoked = await keys.revoke(id)
  runner.warning(
    'The api_key input could not revoke the key in the post step, so the fresh key revoked itself. Check the secret: it may contain a key that was revoked, or a key of another account.',
    'The api_key input could not revoke the key',
  )
  return revoked
}

interface Doubts {
  doubtful: readonly DoubtfulKey[]
  /** All names that main may have requested, if the record has no created key. */
  names: readonly string[] | undefined
}

/** Looks twice for the keys of creates that may have been applied. */
async function revokeDoubtful(
  { world, apiKey, run }: Post,
  { doubtful, names }: Doubts,
  connectAs: Connector,
): Promise<void> {
  const { runner, clock, cancelled } = world
  const keys = connectAs(apiKey)
  let left = doubtful
  const look = async (): Promise<number> => {
    const revoked = await keys.revokeListed((listed) => {
      const found = findDoubtful(listed, left)
      left = found.doubtful
      const meant = names ? listed.filter((key) => isMeant(key, names, run)) : []
      return [...new Set([...found.keys, ...meant])]
    })
    for (const key of revoked) reportUse(runner, `Revoked the Neon API key ${key.id} (${key.name})`, key)
    return revoked.length
  }
  const first = await look()
  await clock.sleep(SECOND_LOOK, cancelled)
  if (first + (await look()) === 0) {
    runner.info(`No API key named ${doubtful.map(({ name }) => name).join(' or ')} exists.`)
  }
}
