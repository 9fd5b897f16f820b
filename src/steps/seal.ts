import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Seals a text under the long-lived key, so that post accepts only text from main of the same use of the action.
 *
 * If main did not save a state, the runner passes the `STATE_…` variable of the job's environment, which every step can set;
 * and any process of the job can append to main's state file. None of them has the long-lived key.
 *
 * @param use what the text is bound to; see `useOf` in record.ts
 */
export function seal(text: string, apiKey: string, use: readonly string[]): string {
  return `${codeOf(text, apiKey, use).toString('base64url')}.${text}`
}

/** The text that was sealed, or `undefined` if the seal is not valid for this key, use and text. */
export function openSealed(sealed: string, apiKey: string, use: readonly string[]): string | undefined {
  const text = sealedText(sealed)
  const given = Buffer.from(sealed.slice(0, sealed.indexOf('.')), 'base64url')
  const expected = codeOf(text, apiKey, use)
  return given.length === expected.length && timingSafeEqual(given, expected) ? text : undefined
}

/** The text after a seal, valid or not. */
export function sealedText(sealed: string): string {
  return sealed.slice(sealed.indexOf('.') + 1)
}

function codeOf(text: string, apiKey: string, use: readonly string[]): Buffer {
  return createHmac('sha256', apiKey)
    .update(JSON.stringify([...use, text]))
    .digest()
}
