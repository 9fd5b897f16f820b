import { stripVTControlCharacters } from 'node:util'

/**
 * Makes one harmless line of a text that may hold foreign words (Neon's, GitHub's, a proxy's): without control
 * characters, and without anything that the runner reads as a command.
 *
 * @see actions/runner, ActionCommand.cs: `::command::` at the start of a line, `##[command]` anywhere in it
 */
export function disarm(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('##[', '# #[')
    .replace(/^(\s*)::/, '$1: :')
}
