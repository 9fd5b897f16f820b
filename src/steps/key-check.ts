import { createHash } from 'node:crypto'

/**
 * Sixteen bits by which post can tell that it was handed another long-lived key than main, as happens inside composite
 * actions (actions/runner issues 3514, 2030, 2800): the list of another account says nothing about our key.
 *
 * Far too few bits to say anything about the key itself, and salted, so that they cannot be compared between runs.
 *
 * @param names of the intent; the first one, which is random, is the salt
 */
export function checkOf(apiKey: string, names: readonly string[]): string {
  return createHash('sha256')
    .update(`${names[0] ?? ''} ${apiKey}`)
    .digest('hex')
    .slice(0, 4)
}
