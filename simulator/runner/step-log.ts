import { parseCommand, type WorkflowCommand } from './commands.ts'
import type { Masks } from './masks.ts'

const KINDS = ['error', 'warning', 'notice'] as const
type Kind = (typeof KINDS)[number]

/** An annotation as GitHub shows it. */
export interface Annotation {
  kind: Kind
  title: string | undefined
  message: string
}

const MESSAGE_LIMIT = 4096
const ANNOTATIONS_OF_A_KIND = 10

/** Processes the lines that a step prints (Runner, ActionCommandManager.cs, ExecutionContext.cs). */
export class StepLog {
  /** What GitHub shows. */
  readonly lines: string[] = []
  /** The commands that were processed. */
  readonly commands: WorkflowCommand[] = []
  readonly annotations: Annotation[] = []
  readonly state: [string, string][] = []
  readonly outputs: [string, string][] = []
  /** Whether a command or a command file fails the step, independent of the exit code. */
  failed = false
  readonly masked: (text: string) => string
  /** The token that resumes commands after `stop-commands`. */
  #token: string | undefined
  readonly #obey: Record<string, (command: WorkflowCommand, line: string) => void>

  constructor(masks: Masks, debugging: boolean) {
    this.masked = masks.hide
    if (!debugging) this.debug = () => {}
    const pairs = (list: [string, string][]) => (command: WorkflowCommand, line: string) => {
      const name = property(command, 'name')
      if (name === undefined) this.#refuse(line, "Required field 'name' is missing.")
      else list.push([name, command.message])
    }
    const disabled = (_: WorkflowCommand, line: string): void => this.#refuse(line, 'The command is disabled.')
    const annotate = (command: WorkflowCommand): void =>
      this.annotate(command.command as Kind, command.message, property(command, 'title'))
    this.#obey = {
      ...Object.fromEntries(KINDS.map((kind) => [kind, annotate])),
      'add-mask': ({ message }) => {
        if (message.trim() !== '') masks.add(message)
        else this.annotate('warning', "Can't add secret mask for empty string in ##[add-mask] command.")
      },
      'stop-commands': ({ message }, line) => {
        const token = message.toLowerCase()
        if (['', 'pause-logging', ...Object.keys(this.#obey)].includes(token)) {
          this.#refuse(line, 'This token cannot resume commands.')
          return
        }
        if (message.length > 6) masks.add(message)
        this.#token = token
        this.#write(line)
      },
      'save-state': pairs(this.state),
      'set-output': pairs(this.outputs),
      'set-env': disabled,
      'add-path': disabled,
      debug: ({ message }) => this.debug(message),
      group: ({ message }) => this.#write(`##[group]${message}`),
      endgroup: () => this.#write('##[endgroup]'),
      ...Object.fromEntries(['echo', 'add-matcher', 'remove-matcher'].map((command) => [command, () => {}])),
    }
  }

  /** Processes a line from stdout or stderr. */
  read(line: string): void {
    const command = parseCommand(line, (name) => name === this.#token || Object.hasOwn(this.#obey, name))
    if (!command || this.#token !== undefined) {
      if (command?.command === this.#token) this.#token = undefined
      this.#write(line)
    } else {
      this.commands.push(command)
      this.#obey[command.command]?.(command, line)
    }
  }

  /** The title is not masked. */
  annotate(kind: Kind, message: string, title?: string): void {
    const shown = this.masked(message).slice(0, MESSAGE_LIMIT)
    const alike = this.annotations.filter((other) => other.kind === kind)
    if (shown.trim() !== '' && alike.length < ANNOTATIONS_OF_A_KIND) {
      this.annotations.push({ kind, title, message: shown })
    }
    if (shown !== '') this.#write(`##[${kind}]${shown}`)
  }

  fail(...reasons: string[]): void {
    for (const reason of reasons) this.annotate('error', reason)
    this.failed = true
  }

  debug(message: string): void {
    for (const line of message.split(/\r?\n/)) this.#write(`##[debug]${line}`)
  }

  #refuse(line: string, reason: string): void {
    this.fail(`Unable to process command '${line}' successfully.`, reason)
  }

  #write(text: string): void {
    this.lines.push(this.masked(text))
  }
}

const property = ({ properties }: WorkflowCommand, name: string): string | undefined =>
  Object.entries(properties).findLast(([key]) => key.toLowerCase() === name)?.[1]
