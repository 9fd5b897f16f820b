import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The files by which one step hands values to the runner (Runner, FileCommandManager.cs). */
export interface CommandFiles {
  state: string
  output: string
  env: string
  summary: string
}

/** Makes new, empty files for one step, in the folder where those of earlier steps stay until the job ends. */
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

/** The pairs in a command file: `name=value`, or a here-document `name<<delimiter`. */
export function readPairs(path: string): Record<string, string> {
  const pairs: Record<string, string> = {}
  const lines = readFileSync(path, 'utf8').split(/\r?\n/)
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    const here = /^([^=]+?)<<(.+)$/.exec(line)
    if (here) {
      const end = lines.indexOf(here[2] as string, index + 1)
      if (end < 0) throw new Error(`no end of here-document in ${path}`)
      pairs[here[1] as string] = lines.slice(index + 1, end).join('\n')
      index = end
    } else if (line !== '') {
      const [name = '', ...value] = line.split('=')
      pairs[name] = value.join('=')
    }
  }
  return pairs
}
