import { stripVTControlCharacters } from 'node:util'

/**
 * Makes one harmless line of a text that may hold foreign words (Neon's, GitHub's, a proxy's): without control
 * characters, without invisible ones that change how the rest is shown, and without anything that the runner reads as a
 * command.
 *
 * @see actions/runner, ActionCommand.cs: `::command::` at the start of a line, `##[command]` anywhere in it
 */
export function sanitize(text: string): string {
  // Most texts are plain ASCII, and Node takes a while to compile what the others need.
  const visible = /^[ -~]*$/.test(text) ? text : showOnlyVisible(text)
  return visible.replaceAll('##[', '# #[').replace(/^(\s*)::/, '$1: :')
}

function showOnlyVisible(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
}
