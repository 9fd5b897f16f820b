import { GaveUp, WrongScope } from '../base/errors.ts'
import type { Runner } from '../github/runner.ts'
import type { AnsweredKey } from '../neon/answers.ts'
import type { Neon } from '../neon/client.ts'
import type { Keys } from '../neon/keys.ts'
import { explain } from '../neon/resolve-scope.ts'
import { invalidAnswer } from '../neon/retry.ts'
import { type DoubtfulKey, findDoubtful, hasOtherName, needsList, settle } from '../neon/settle.ts'

/** A key that certainly exists. */
export interface ConfirmedKey {
  id: string
  name: string
  key: string
}

/** Saves to the state what post may have to undo, before it happens. */
export interface Journal {
  /** Saves the creates that may have been applied, including the one that is about to be sent. */
  saveDoubtful(doubtful: readonly DoubtfulKey[]): void
  /** Saves a key that certainly exists, and the creates that may have been applied. */
  saveCreated(created: ConfirmedKey, doubtful: readonly DoubtfulKey[]): Promise<void>
}

/** What creating a key needs. */
export interface Creation {
  runner: Pick<Runner, 'info' | 'warning'>
  /** Each create uses the next name; after the last one, main gives up. */
  names: readonly string[]
  neon: Neon
  keys: Keys
  journal: Journal
}

/**
 * Creates a key and ensures that it is the only one.
 *
 * A create that may have been applied is never repeated: its key is looked for and revoked, and the next create uses a new
 * name. The old name stays in the journal, since a request that was cut off may still be applied later; post looks again.
 *
 * @throws {NeonRefused | NeonUnreachable | InvalidAnswer | WrongScope | GaveUp | Cancelled} if there is no key
 */
export async function createAndConfirm(creation: Creation): Promise<ConfirmedKey> {
  const { runner, names, neon, keys, journal } = creation
  let doubtful: DoubtfulKey[] = []
  let invalid = false

  for (const [attempt, name] of names.entries()) {
    journal.saveDoubtful([...doubtful, { name }])
    const answer = await createUnderName(creation, name, () => {
      invalid = false
    })
    if (answer.kind === 'refused') {
      // No key has this name, so post does not have to look for it.
      journal.saveDoubtful(doubtful)
      throw answer.error
    }
    const result =
      answer.kind === 'created' ? await confirm(creation, { name, answered: answer.key, doubtful }) : answer
    if (result.kind === 'certain') return result.key

    doubtful = [...doubtful, result.requested ?? { name }]
    runner.info(`${result.why}. The key may still exist; looking for it by its name, ${name}.`)
    const revoked = await keys.revokeListed((listed) => {
      const found = findDoubtful(listed, doubtful)
      doubtful = found.doubtful
      // Saved before our key is revoked: see FoundKeys.
      journal.saveDoubtful(doubtful)
      return found.keys
    })
    if (invalid && result.invalid) throw invalidAnswer(result.why)
    invalid = result.invalid
    const found = revoked.length === 0 ? 'No such key exists so far' : 'It existed and was revoked'
    if (attempt + 1 === names.length) {
      throw new GaveUp(
        `${result.why}. ${found}. Gave up after ${names.length} such attempts, since each may leave a key.`,
      )
    }
    await neon.retrier.waitOrGiveUp(`${found}; a new one is created under another name`, attempt)
  }
  throw new RangeError('a key needs a name')
}

/** A key of this name may exist. */
interface Doubt {
  kind: 'doubtful'
  why: string
  /** Whether the answer was an invalid 2xx. */
  invalid: boolean
  requested?: DoubtfulKey
}

type Answer = { kind: 'created'; key: AnsweredKey } | { kind: 'refused'; error: Error } | Doubt

/**
 * Sends a create until Neon has created the key, has refused, or may have created the key.
 *
 * @param onAgain called before each repetition
 */
async function createUnderName({ neon, keys }: Creation, name: string, onAgain: () => void): Promise<Answer> {
  let sent = false
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await keys.create(name)
    if (outcome.kind === 'done') return { kind: 'created', key: outcome.value }
    if (outcome.kind === 'maybe') return { ...outcome, kind: 'doubtful' }
    if (outcome.kind === 'refused') {
      // Neon refuses a name that is in use. If Neon answered an earlier attempt, this refusal may mean that it was carried
      // out after all.
      if (sent) return { kind: 'doubtful', why: outcome.error.message.replace(/\.$/, ''), invalid: false }
      return { kind: 'refused', error: await explain(outcome.error, neon, { purpose: 'create', scope: keys.scope }) }
    }
    try {
      await neon.retrier.waitOrGiveUp(outcome.why, attempt, outcome)
    } catch (error) {
      if (!sent && !outcome.sent && error instanceof GaveUp) return { kind: 'refused', error }
      throw error
    }
    sent ||= outcome.sent
    onAgain()
  }
}

interface Claim {
  /** The requested name. */
  name: string
  answered: AnsweredKey
  doubtful: readonly DoubtfulKey[]
}

/**
 * Checks that the answered key is the requested one, with a list if the answer does not decide it.
 *
 * @throws {WrongScope} if the key has another scope; it is revoked
 */
async function confirm(
  { runner, keys, journal }: Creation,
  { name, answered, doubtful }: Claim,
): Promise<{ kind: 'certain'; key: ConfirmedKey } | Doubt> {
  const requested = { name, projectId: keys.projectId }
  const { id, key } = answered
  // With another name, the answer may be about somebody else's key: do not revoke its ID unless the list says that it is ours.
  const claimed = { name, answeredId: id }
  const mayBeAnother = hasOtherName(requested, answered)
  if (mayBeAnother) journal.saveDoubtful([...doubtful, claimed])
  else await journal.saveCreated({ id, name, key }, doubtful)

  const settlement = settle(requested, answered, needsList(requested, answered) ? await keys.list() : [])
  switch (settlement.kind) {
    case 'not ours': {
      const why = `Could not create the API key ${name}: Neon answered about another one, ${id}`
      return { kind: 'doubtful', why, invalid: true, requested: claimed }
    }
    case 'wrong scope':
      if (mayBeAnother) await journal.saveCreated({ id, name, key }, doubtful)
      await keys.revokeAndConfirm({ id, name })
      throw new WrongScope(`${settlement.why}, so it was revoked at once. Check project_id, and run the job again.`)
    case 'accepted':
      if (mayBeAnother) await journal.saveCreated({ id, name: settlement.name, key }, doubtful)
      if (settlement.name !== name) {
        runner.warning(
          `Neon created the API key ${id} under a name other than the requested one. It is revoked when this job ends, but a sweep cannot recognize it.`,
          'The Neon API key has an unexpected name',
        )
      }
      return { kind: 'certain', key: { id, name: settlement.name, key } }
  }
}
