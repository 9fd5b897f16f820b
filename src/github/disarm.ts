import { stripVTControlCharacters } from 'node:util'

/**
 * Makes one harmless line of a text that may hold foreign words (Neon's, GitHub's, a proxy's): without control
 * characters, without invisible ones that change how the rest is shown, and without anything that the runner reads as a
 * command.
 *
 * @see actions/runner, ActionCommand.cs: `::command::` at the start of a line, `##[command]` anywhere in it
 */
export function disarm(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll('##[', '# #[')
    .replace(/^(\s*)::/, '$1: :')
}
