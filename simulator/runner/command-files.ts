import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StepLog } from './step-log.ts'
import { ignoringCase } from './variables.ts'

/** The files through which a step passes values to the runner (Runner, FileCommandManager.cs). */
export interface CommandFiles {
  state: string
  output: string
  env: string
  summary: string
}

/** The values that a step has passed to the runner. */
export interface Handed {
  outputs: Record<string, string>
  state: Record<string, string>
  /** Variables that the step set for later ones. */
  exported: Record<string, string>
  /** The Markdown that GitHub shows on the run's page; empty if there is none or too much. */
  summary: string
}

const SUMMARY_LIMIT = 1024 * 1024

/** Creates empty files for one step, in the folder where those of earlier steps stay until the job ends. */
export function newCommandFiles(folder: string): CommandFiles {
  mkdirSync(folder, { recursive: true })
  const suffix = randomUUID()
  const make = (name: string): string => {
    const path = join(folder, `${name}_${suffix}`)
    writeFileSync(path, '')
    return path
  }
  return { state: make('save_state'), output: make('set_output'), env: make('set_env'), summary: make('step_summary') }
}

/** Reads each file separately: an invalid line fails the step, but the lines before it still count. */
export function readCommandFiles(files: CommandFiles, log: StepLog, windows: boolean): Handed {
  const read = (kind: 'env' | 'state' | 'output'): [string, string][] => {
    const pairs: [string, string][] = []
    try {
      for (const pair of pairsIn(contentOf(files[kind]), windows ? /\r?\n$/ : /\n$/)) pairs.push(pair)
    } catch (error) {
      log.fail(`Unable to process file command '${kind}' successfully.`, (error as Error).message)
    }
    for (const [name, value] of pairs) log.debug(`Set ${kind} ${name} = ${value}`)
    return pairs
  }
  const exported = read('env').filter(([name]) => {
    const allowed = name.toUpperCase() !== 'NODE_OPTIONS'
    if (!allowed) log.annotate('error', "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.")
    return allowed
  })
  return {
    exported: Object.fromEntries(exported),
    summary: readSummary(files.summary, log),
    state: ignoringCase([...log.state, ...read('state')]),
    outputs: ignoringCase([...log.outputs, ...read('output')]),
  }
}

/** The pairs in a command file: `name=value`, or a here-document `name<<delimiter`. */
function* pairsIn(text: string, lineEnd: RegExp): Generator<[string, string]> {
  const whole = text.split(/(?<=\n)/)
  const lines = whole.map((line) => line.replace(lineEnd, ''))
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] as string
    if (line === '') continue
    const [, name = '', form, rest = ''] = /^(.*?)(=|<<)(.*)$/s.exec(line) ?? []
    if (form === '=') {
      yield [name, rest]
    } else {
      if (name === '' || rest === '') throw new Error(`Invalid format '${line}'`)
      const end = lines.indexOf(rest, index + 1)
      if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${rest}'`)
      yield [
        name,
        whole
          .slice(index + 1, end)
          .join('')
          .replace(lineEnd, ''),
      ]
      index = end
    }
  }
}

function readSummary(path: string, log: StepLog): string {
  if (!existsSync(path) || !statSync(path).isFile()) return ''
  if (statSync(path).size <= SUMMARY_LIMIT)
    return contentOf(path)
      .split(/\r\n|\r|\n/)
      .map(log.masked)
      .join('\n')
  log.annotate('error', '$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k.')
  return ''
}

/** Drops a byte order mark; a deleted file counts as empty. */
const contentOf = (path: string): string => (existsSync(path) ? new TextDecoder().decode(readFileSync(path)) : '')
