import { stripVTControlCharacters } from 'node:util'

/**
 * Turns untrusted text (from Neon, GitHub or a proxy) into one harmless line: without control characters, without invisible
 * characters that change how the rest is displayed, and without anything that the runner reads as a command.
 *
 * @see actions/runner, ActionCommand.cs: `::command::` at the start of a line, `##[command]` anywhere in it
 */
export function sanitize(text: string): string {
  // Most texts are plain ASCII, and compiling the expressions for the others takes time.
  const visible = /^[ -~]*$/.test(text) ? text : showOnlyVisible(text)
  return visible.replaceAll('##[', '# #[').replace(/^(\s*)::/, '$1: :')
}

function showOnlyVisible(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
}
