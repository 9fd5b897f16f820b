// Shared by the command-line tools: `--help`, parsing of flags, and one-line errors instead of stacks.

import { parseArgs } from 'node:util'

/** A flag; `value` names its value, if it takes one. `whole`: the value is a whole number of at least this. */
export interface Flag {
  help: string
  value?: string
  default?: string
  whole?: number
}

export interface Command<Name extends string> {
  /** How to call it, e.g. `npm run demo --`. */
  usage: string
  /** What it does, in one sentence. */
  does: string
  flags: Record<Name, Flag>
  /** Names of the positional arguments. */
  positionals?: readonly string[]
}

export interface Given<Name extends string> {
  /** Whether a flag without a value is set. */
  has(name: Name): boolean
  /** The value of a flag; `undefined` if it has neither a value nor a default. */
  text(name: Name): string | undefined
  /** The value of a flag that takes a whole number. */
  number(name: Name): number
  positionals: string[]
}

/** Parses the command line. Exits after printing the help, or a one-line error for a wrong flag. */
export function readCommand<Name extends string>(command: Command<Name>): Given<Name> {
  process.on('uncaughtException', (error) => {
    process.exitCode = 1
    const advice = adviseOn(error as NodeJS.ErrnoException)
    console.error(advice ?? error)
    process.exit()
  })
  const { flags, positionals: names = [] } = command
  const all = { ...flags, help: { help: 'print this' } } as Record<string, Flag>
  const options = Object.fromEntries(
    Object.entries(all).map(([name, { value }]) => [
      name,
      { type: value ? ('string' as const) : ('boolean' as const) },
    ]),
  )
  const wrong = (problem: string): never => fail(`${problem} See ${command.usage} --help.`)
  const { values, positionals } = parse()
  if (values.help === true) {
    console.log(helpOf(command, all))
    process.exit(0)
  }
  if (positionals.length > names.length) wrong(`'${positionals[names.length]}' is not expected here.`)
  const text = (name: string): string | undefined => (values[name] as string | undefined) ?? all[name]?.default
  for (const [name, { whole }] of Object.entries(all)) {
    const value = text(name)
    if (whole === undefined || value === undefined) continue
    if (!/^\d{1,15}$/.test(value) || Number(value) < whole) {
      wrong(`--${name} is '${value}'; it takes a whole number from ${whole} on.`)
    }
  }
  return { has: (name) => values[name] === true, text, number: (name) => Number(text(name)), positionals }

  function parse() {
    try {
      return parseArgs({ options, allowPositionals: true })
    } catch (error) {
      // The first sentence says what is wrong; the others explain syntax that does not apply here.
      return wrong(`${(error as Error).message.split(/[.\n] ?/)[0]}.`)
    }
  }
}

/** Exits with a one-line error and the exit code for wrong usage. */
export function fail(message: string): never {
  console.error(message)
  process.exit(2)
}

/** Makes this process clean up before Ctrl-C or another signal ends it. */
export function onInterrupt(cleanUp: () => unknown): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      await cleanUp()
      process.exit(130)
    })
  }
}

function helpOf<Name extends string>(
  { usage, does, positionals = [] }: Command<Name>,
  all: Record<string, Flag>,
): string {
  const rows = Object.entries(all).map(([name, { help, value, default: standard }]) => {
    const flag = `--${name}${value ? ` ${value}` : ''}`
    return `  ${flag.padEnd(24)} ${help}${standard ? ` (default: ${standard})` : ''}`
  })
  const given = positionals.map((name) => ` ${name}`).join('')
  return [`${usage}${given} [flags]`, '', does, '', ...rows].join('\n')
}

/** A one-line message for errors that are not bugs; `undefined` for all others. */
function adviseOn({ code = '', syscall, message, cause }: NodeJS.ErrnoException): string | undefined {
  if (code === 'EADDRINUSE') return `${message}: another program listens there. Choose another port.`
  if (syscall?.startsWith('spawn') && code === 'ENOENT') return `${message}: is that program installed?`
  if (['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH'].includes(code)) {
    return `No connection: ${message}. Is there a network, and is a proxy needed (HTTPS_PROXY)?`
  }
  return cause instanceof Error ? adviseOn(cause) : undefined
}
