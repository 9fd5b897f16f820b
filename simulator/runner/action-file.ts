import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'

/** What the runner reads from an `action.yml`. */
export interface ActionFile {
  name: string
  inputs: Record<string, { description: string; required?: boolean; default?: string }>
  outputs: Record<string, { description: string }>
  /** Absolute paths of the entries. */
  main: string
  post: string | undefined
}

export function readActionFile(path: string): ActionFile {
  const { name, inputs = {}, outputs = {}, runs } = parse(readFileSync(path, 'utf8'))
  const entry = (file: string): string => join(dirname(path), file)
  return { name, inputs, outputs, main: entry(runs.main), post: runs.post && entry(runs.post) }
}
