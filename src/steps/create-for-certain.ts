import { GaveUp, WrongReach } from '../base/errors.ts'
import type { Runner } from '../github/runner.ts'
import type { AnsweredKey } from '../neon/answers.ts'
import type { Neon } from '../neon/client.ts'
import type { Keys } from '../neon/keys.ts'
import { explain } from '../neon/resolve-scope.ts'
import { invalidAnswer } from '../neon/retry.ts'
import { type DoubtfulKey, findDoubtful, hasOtherName, needsList, settle } from '../neon/settle.ts'

/** A key that exists for certain. */
export interface CertainKey {
  id: string
  name: string
  key: string
}

/** What has to be in the state before anything else happens, so that post can undo it. */
export interface Journal {
  /** Creates that may have happened, the one that is about to be sent among them. */
  saveDoubtful(doubtful: readonly DoubtfulKey[]): void
  /** A key that exists for certain, beside creates that may have happened. */
  saveCreated(created: CertainKey, doubtful: readonly DoubtfulKey[]): Promise<void>
}

/** What creating a key takes. */
export interface Creation {
  runner: Pick<Runner, 'info' | 'warning'>
  /** A key is asked for under each in turn, until one is certain; then main gives up. */
  names: readonly string[]
  neon: Neon
  keys: Keys
  journal: Journal
}

/**
 * Creates a key and makes sure that it is the only one.
 *
 * A create that may have happened is never repeated: its key is looked for and revoked, and the next one gets a new
 * name. The old name stays in the journal, since a request cut off in flight may land later still; post looks again.
 *
 * @throws {NeonRefused | NeonUnreachable | InvalidAnswer | WrongReach | GaveUp | Cancelled} when there is no key
 */
export async function createForCertain(creation: Creation): Promise<CertainKey> {
  const { runner, names, neon, keys, journal } = creation
  let doubtful: DoubtfulKey[] = []
  let invalid = false

  for (const [attempt, name] of names.entries()) {
    journal.saveDoubtful([...doubtful, { name }])
    const answer = await createUnderName(creation, name, () => {
      invalid = false
    })
    if (answer.kind === 'refused') {
      // Certainly no key under this name: post need not look for it.
      journal.saveDoubtful(doubtful)
      throw answer.error
    }
    const result =
      answer.kind === 'created' ? await believe(creation, { name, answered: answer.key, doubtful }) : answer
    if (result.kind === 'certain') return result.key

    doubtful = [...doubtful, result.asked ?? { name }]
    runner.info(`${result.why}. The key may still exist; looking for it by its name, ${name}.`)
    const revoked = await keys.revokeListed((listed) => {
      const found = findDoubtful(listed, doubtful)
      doubtful = found.doubtful
      // Before our key is gone from the list: see FoundKeys.
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
    await neon.patience.waitOrGiveUp(`${found}; a new one is created under another name`, attempt)
  }
  throw new RangeError('a key needs a name')
}

/** A key of this name may exist. */
interface Doubt {
  kind: 'doubtful'
  why: string
  /** Whether the answer was a 2xx that is not what was asked for. */
  invalid: boolean
  asked?: DoubtfulKey
}

type Answer = { kind: 'created'; key: AnsweredKey } | { kind: 'refused'; error: Error } | Doubt

/**
 * Asks for a key until Neon has created one, has refused, or may have created one.
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
      // Neon refuses a name that is taken. After an attempt that Neon said it had not carried out, this refusal may
      // mean that it had.
      if (sent) return { kind: 'doubtful', why: outcome.error.message.replace(/\.$/, ''), invalid: false }
      return { kind: 'refused', error: await explain(outcome.error, neon, { purpose: 'create', scope: keys.scope }) }
    }
    try {
      await neon.patience.waitOrGiveUp(outcome.why, attempt, outcome)
    } catch (error) {
      if (!sent && !outcome.sent && error instanceof GaveUp) return { kind: 'refused', error }
      throw error
    }
    sent ||= outcome.sent
    onAgain()
  }
}

interface Claim {
  /** What was asked for. */
  name: string
  answered: AnsweredKey
  doubtful: readonly DoubtfulKey[]
}

/**
 * Checks that the answered key is the one that was asked for, by a list where the answer leaves it open.
 *
 * @throws {WrongReach} when the key reaches something else; it is revoked
 */
async function believe(
  { runner, keys, journal }: Creation,
  { name, answered, doubtful }: Claim,
): Promise<{ kind: 'certain'; key: CertainKey } | Doubt> {
  const asked = { name, projectId: keys.projectId }
  const { id, key } = answered
  // Under another name the answer may be about somebody else's key: its ID is not ours to revoke until a list says so.
  const claimed = { name, answeredId: id }
  const mayBeForeign = hasOtherName(asked, answered)
  if (mayBeForeign) journal.saveDoubtful([...doubtful, claimed])
  else await journal.saveCreated({ id, name, key }, doubtful)

  const settlement = settle(asked, answered, needsList(asked, answered) ? await keys.list() : [])
  switch (settlement.kind) {
    case 'not ours': {
      const why = `Could not create the API key ${name}: Neon answered about another one, ${id}`
      return { kind: 'doubtful', why, invalid: true, asked: claimed }
    }
    case 'wrong reach':
      if (mayBeForeign) await journal.saveCreated({ id, name, key }, doubtful)
      await keys.revokeForCertain({ id, name })
      throw new WrongReach(`${settlement.why}, so it was revoked at once. Check project_id, and run the job again.`)
    case 'believed':
      if (mayBeForeign) await journal.saveCreated({ id, name: settlement.name, key }, doubtful)
      if (settlement.name !== name) {
        runner.warning(
          `Neon created the API key ${id} under another name than the one asked for. It is revoked when this job ends, but a sweep cannot recognize it.`,
          'The Neon API key has an unexpected name',
        )
      }
      return { kind: 'certain', key: { id, name: settlement.name, key } }
  }
}
