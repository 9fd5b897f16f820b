/** A workflow command that a step printed, e.g. `::error title=…::message`. */
export interface WorkflowCommand {
  command: string
  properties: Record<string, string>
  message: string
}

const unescaped = (text: string): string =>
  text.replace(/%0D/g, '\r').replace(/%0A/g, '\n').replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%25/g, '%')

/** Reads a line as the runner does (Runner, ActionCommand.cs); `undefined` for a line of plain log. */
export function parseCommand(line: string): WorkflowCommand | undefined {
  const match = /^::([a-z-]+)(?: ([^:]*))?::(.*)$/.exec(line)
  if (!match) return undefined
  const properties = Object.fromEntries(
    (match[2] ?? '')
      .split(',')
      .filter(Boolean)
      .map((pair) => {
        const [name = '', ...value] = pair.split('=')
        return [name, unescaped(value.join('='))]
      }),
  )
  return { command: match[1] as string, properties, message: unescaped(match[3] as string) }
}
