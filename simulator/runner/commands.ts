/** A workflow command that a step printed, e.g. `::error title=…::message`; the command in lower case. */
export interface WorkflowCommand {
  command: string
  properties: Record<string, string>
  message: string
}

/** `::command name=value,…::message` after blanks, and the old `##[command name=value;…]message` anywhere in a line. */
const FORMS = [
  { pattern: /^\s*::(.*?)::(.*)$/s, separator: ',', escapedInProperties: '\r\n:,', escapedInMessage: '\r\n' },
  { pattern: /##\[([^\]]*)\](.*)$/s, separator: ';', escapedInProperties: ';\r\n]', escapedInMessage: ';\r\n]' },
]

/**
 * Parses a line as the runner does (Runner, ActionCommand.cs); `undefined` if the line is not a command.
 *
 * @param known the names of commands; a line with any other name is plain log output
 */
export function parseCommand(line: string, known: (command: string) => boolean): WorkflowCommand | undefined {
  for (const { pattern, separator, escapedInProperties, escapedInMessage } of FORMS) {
    const [, header = '', message = ''] = pattern.exec(line) ?? []
    const [command = ''] = header.toLowerCase().split(' ', 1)
    if (!known(command)) continue
    const pairs = header
      .slice(command.length)
      .trim()
      .split(separator)
      .flatMap((property) => {
        const [, name, value = ''] = /^=*([^=]+)=+(.+)$/s.exec(property) ?? []
        return name === undefined ? [] : [[name, unescaped(value, escapedInProperties)]]
      })
    return { command, properties: Object.fromEntries(pairs), message: unescaped(message, escapedInMessage) }
  }
  return undefined
}

function unescaped(text: string, escaped: string): string {
  return [...escaped, '%'].reduce((result, character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')
    return result.replaceAll(`%${code}`, character)
  }, text)
}
