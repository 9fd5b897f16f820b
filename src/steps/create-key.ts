import { Deadline } from '../base/clock.ts'
import { Cancelled, RunnerError } from '../base/errors.ts'
import { readProxySettings, withoutCredentials } from '../base/proxy-settings.ts'
import { newKeyName } from '../github/key-name.ts'
import { readRunContext } from '../github/run-context.ts'
import { connect, type Neon } from '../neon/client.ts'
import type { Keys } from '../neon/keys.ts'
import { resolveScope } from '../neon/resolve-scope.ts'
import { canRevokeItself, describeScope } from '../neon/scope.ts'
import { type ConfirmedKey, createAndConfirm, type Journal } from './create-and-confirm.ts'
import { type Inputs, readInputs, readUsableApiKey } from './inputs.ts'
import { mayBeAlive } from './may-be-alive.ts'
import { clearRecord, type MainRecord, type RecordedKey, saveRecord, useOf } from './record.ts'
import type { World } from './world.ts'

/** Milliseconds after which the main step gives up; its process ends within 180 s. */
export const CREATE_DEADLINE = 175_000

/**
 * The main step: creates a key named after the job, masks it and passes it to later steps.
 *
 * Even if it fails or is killed, the record says what the post step has to revoke.
 *
 * @throws {InputError | RunnerError} before any request
 * @throws {NeonRefused | NeonUnreachable | InvalidAnswer | WrongScope | GaveUp | Cancelled} if later steps get no
 *   key
 * @throws {KeyMayBeAlive} if the key could neither be recorded nor revoked
 */
export async function createKey(world: World): Promise<void> {
  const { runner, environment, cancelled } = world
  clearRecord(runner)
  const apiKey = readUsableApiKey(runner)
  const use = useOf(environment, runner.input('job_id'))
  const save = (record: MainRecord): void => saveRecord(runner, record, { apiKey, use })
  save({ kind: 'nothing yet' })

  const preparation = await prepare(world).catch((error) => {
    // Unlike 'nothing yet', post accepts this without a request.
    save({ kind: 'no key' })
    throw error
  })
  const { inputs, keys } = preparation
  const created = await createAndConfirm({ ...preparation, runner, journal: journalOf(world, preparation, save) })
  await untilWritten()
  if (cancelled.aborted) throw new Cancelled('The job was cancelled; the post step revokes the new key.')

  runner.output('api_key', created.key)
  runner.output('api_key_id', created.id)
  runner.output('api_key_name', created.name)
  if (inputs.envName !== undefined) {
    warnOfReplacement(world, inputs.envName)
    runner.exportVariable(inputs.envName, created.key)
  }
  runner.info(
    `Created the Neon API key ${created.id} (${created.name}) for the ${describeScope(keys.scope)}. It is revoked when this job ends.`,
  )
}

/** The maximum number of creates, each with its own name. */
const MOST_CREATES = 3

interface Preparation {
  inputs: Inputs
  names: readonly string[]
  neon: Neon
  keys: Keys
}

/** Everything before the first create. */
async function prepare(world: World): Promise<Preparation> {
  const { runner, environment, clock, openHttp } = world
  const inputs = readInputs(runner, environment)
  warnOfCopies(world, inputs)
  const run = readRunContext(world, inputs.jobId)
  const names = Array.from({ length: MOST_CREATES }, () => newKeyName(run))
  const http = openHttp(readProxySettings(environment))
  const neon = connect({ ...world, http }, { ...inputs, deadline: new Deadline(clock, CREATE_DEADLINE) })
  const scope = await resolveScope(neon, inputs.scope, 'create')
  await untilWritten()
  world.cancelled.throwIfAborted()
  return { inputs, names, neon, keys: neon.keysOf(scope) }
}

/** Waits until a closed stdout has cancelled main: without a log, no mask reaches the runner. */
function untilWritten(): Promise<void> {
  return new Promise(process.nextTick)
}

/** Saves the record for post. */
function journalOf(world: World, { inputs, names, keys }: Preparation, save: (record: MainRecord) => void): Journal {
  const { apiHost, onRevokeFailure } = inputs
  const { scope } = keys
  const proxies = withoutCredentials(readProxySettings(world.environment))
  const target = { names, apiHost, scope, onRevokeFailure, proxies }
  return {
    saveDoubtful: (doubtful) =>
      save(doubtful.length === 0 ? { kind: 'no key' } : { kind: 'keys', doubtful, ...target }),
    async saveCreated(created, doubtful) {
      try {
        save({ kind: 'keys', created: recorded(created, keys), doubtful, ...target })
      } catch (cause) {
        await revokeUnrecorded(created, keys, cause)
      }
    },
  }
}

/** The key itself is recorded only if it can revoke itself. */
function recorded({ id, name, key }: ConfirmedKey, { scope }: Keys): RecordedKey {
  return { id, name, ...(canRevokeItself(scope) && { key }) }
}

/** Revokes a key that post would not know about. */
async function revokeUnrecorded({ id, name }: ConfirmedKey, keys: Keys, cause: unknown): Promise<never> {
  try {
    await keys.revokeAndConfirm({ id, name })
  } catch (failure) {
    throw mayBeAlive([{ id, names: [name], scope: keys.scope, cause: failure }], 'fail')
  }
  throw new RunnerError(`The API key ${id} could not be recorded for the post step, so it was revoked at once.`, {
    cause,
  })
}

/** Usually a second use in the job, whose steps would confuse the two keys. */
function warnOfReplacement({ environment, runner }: World, envName: string): void {
  if (!Object.hasOwn(environment, envName) || !environment[envName]) return
  runner.warning(
    `The variable ${envName} had another value, and was replaced: later steps get the fresh key in it. To use the action twice in a job, give each use its own env_name, or leave env_name empty and use the output api_key.`,
    'An environment variable was replaced',
  )
}

/** Any variable that contains the long-lived key exposes it to every later step; `readInputs` refuses that of `env_name`. */
function warnOfCopies({ environment, runner }: World, { apiKey }: Inputs): void {
  const names = Object.keys(environment).filter(
    (name) => name.toUpperCase() !== 'INPUT_API_KEY' && environment[name]?.includes(apiKey),
  )
  if (names.length === 0) return
  runner.warning(
    `The long-lived key is also in the environment (${names.join(', ')}), where other steps of this job can read it. Use the secret only in this step: api_key: \${{ secrets.… }}.`,
    'The long-lived Neon API key is exposed',
  )
}
