import { Deadline } from '../base/clock.ts'
import { Cancelled, GaveUp } from '../base/errors.ts'
import { newKeyName, type RunContext, readRunContext } from '../github/run-context.ts'
import type { CreatedKey } from '../neon/answers.ts'
import { connect, type Neon } from '../neon/client.ts'
import type { Keys } from '../neon/keys.ts'
import { explain, resolveScope } from '../neon/resolve-scope.ts'
import { canRevokeItself, describeScope } from '../neon/scope.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { checkOf } from './key-check.ts'
import { saveCreatedKey, saveIntent } from './state.ts'
import type { World } from './world.ts'

/** Milliseconds after which the main step gives up, however long Neon keeps it waiting. */
export const CREATE_DEADLINE = 180_000

/**
 * The main step: creates a key named after the run, masks it and hands it to the steps that follow.
 *
 * Whatever it throws, and wherever it is killed, the state says what the post step has to revoke.
 *
 * @throws {InputError | RunnerError} before any request
 * @throws {NeonRefused | NeonUnreachable | GaveUp | Cancelled} when there is no key to hand on
 */
export async function createKey(world: World): Promise<void> {
  const { runner, clock, cancelled } = world
  const inputs = readInputs(runner, world.environment)
  warnOfCopies(world, inputs)
  const run = readRunContext(world.environment)
  const neon = connect(world, { ...inputs, deadline: new Deadline(clock, CREATE_DEADLINE) })

  const scope = await resolveScope(neon, inputs.scope, 'create')
  const created = await createForCertain({ world, inputs, run, neon, keys: neon.keysOf(scope) })
  saveCreatedKey(runner, {
    id: created.id,
    name: created.name,
    ...(canRevokeItself(scope) && { key: created.key }),
  })
  if (cancelled.aborted) throw new Cancelled('The job was cancelled; the post step revokes the key just created.')

  runner.output('api_key', created.key)
  runner.output('api_key_id', created.id)
  runner.output('api_key_name', created.name)
  if (inputs.envName !== undefined) runner.exportVariable(inputs.envName, created.key)
  runner.info(
    `Created the Neon API key ${created.id} (${created.name}) for the ${describeScope(scope)}. It is revoked when this job ends.`,
  )
}

interface Creation {
  world: World
  inputs: Inputs
  run: RunContext
  neon: Neon
  keys: Keys
}

/**
 * Creates a key and makes sure that it is the only one.
 *
 * A create that may have happened is never repeated: its key is looked for and revoked, and the next one gets a new
 * name. The old name stays in the intent, since a request cut off in flight may land later still; post looks again.
 */
async function createForCertain(creation: Creation): Promise<CreatedKey> {
  const { world, inputs, run, neon, keys } = creation
  const { apiHost, onRevokeFailure } = inputs
  const doubtful: string[] = []
  const save = (names: string[]): void => {
    const apiKeyCheck = checkOf(inputs.apiKey, names)
    saveIntent(world.runner, { apiHost, scope: keys.scope, onRevokeFailure, names, apiKeyCheck })
  }

  for (let attempt = 0; ; attempt += 1) {
    const name = newKeyName(run)
    save([...doubtful, name])
    const answer = await createUnderName(creation, name)
    if (answer.kind === 'created') return answer.key
    if (answer.kind === 'refused') {
      // Certainly no key under this name: post need not look for it.
      save(doubtful)
      throw answer.error
    }
    doubtful.push(name)
    world.runner.info(`${answer.why}. The key may exist all the same; looking for it by its name, ${name}.`)
    const revoked = await keys.revokeNamed(doubtful)
    const found = revoked.length === 0 ? 'No such key exists so far' : 'It existed and is revoked'
    await neon.patience.waitOrGiveUp(`${found}; a new one is created under another name`, attempt)
  }
}

type Answer =
  | { kind: 'created'; key: CreatedKey }
  | { kind: 'refused'; error: Error }
  /** A key of this name may exist. */
  | { kind: 'doubtful'; why: string }

/** Asks for a key until Neon has created one, has refused, or may have created one. */
async function createUnderName({ neon, keys }: Creation, name: string): Promise<Answer> {
  let sent = false
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await keys.create(name)
    if (outcome.kind === 'done') return { kind: 'created', key: outcome.value }
    if (outcome.kind === 'maybe') return { kind: 'doubtful', why: outcome.why }
    if (outcome.kind === 'refused') {
      // Neon refuses a name that is taken. After an attempt that Neon said it had not carried out, this refusal may
      // mean that it had.
      if (sent) return { kind: 'doubtful', why: outcome.error.message.replace(/\.$/, '') }
      return { kind: 'refused', error: await explain(outcome.error, neon, { purpose: 'create', scope: keys.scope }) }
    }
    try {
      await neon.patience.waitOrGiveUp(outcome.why, attempt, outcome)
    } catch (error) {
      if (!sent && !outcome.sent && error instanceof GaveUp) return { kind: 'refused', error }
      throw error
    }
    sent ||= outcome.sent
  }
}

/** Any variable that holds the long-lived key shows it to every later step; `env_name`'s own is refused with the inputs. */
function warnOfCopies({ environment, runner }: World, { apiKey }: Inputs): void {
  const names = Object.keys(environment).filter((name) => environment[name] === apiKey && name !== 'INPUT_API_KEY')
  if (names.length === 0) return
  runner.warning(
    `The long-lived key also stands in the environment (${names.join(', ')}), where other steps of this job may read it. Write the secret at this step only: api_key: \${{ secrets.… }}.`,
    'The long-lived Neon API key is exposed',
  )
}
