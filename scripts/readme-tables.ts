// `npm run update:readme`: writes the tables of inputs and outputs into README.md and sweep/README.md, from the
// action.yml beside each. A test checks that they are up to date.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { readCommand } from './command.ts'
import { table, writeGenerated } from './markdown.ts'

/** The READMEs with such tables, and the actions that they describe. */
export const READMES = { 'README.md': 'action.yml', 'sweep/README.md': 'sweep/action.yml' }

interface Action {
  inputs: Record<string, { description: string; required: boolean; default: string }>
  outputs: Record<string, { description: string }>
}

/** The tables that describe an action, by marker name. */
export function tablesOf(actionFile: string): { inputs: string; outputs: string } {
  const { inputs, outputs } = parse(actionFile) as Action
  return {
    inputs: table(
      ['input', 'default', 'meaning'],
      Object.entries(inputs).map(([name, { required, default: value, description }]) => [
        `\`${name}\``,
        required ? 'required' : value === '' ? 'none' : `\`${value}\``,
        description.trim(),
      ]),
    ),
    outputs: table(
      ['output', 'meaning'],
      Object.entries(outputs).map(([name, { description }]) => [`\`${name}\``, description.trim()]),
    ),
  }
}

if (import.meta.main) {
  readCommand({
    usage: 'npm run update:readme --',
    does: 'Writes the tables of inputs and outputs into the READMEs, from action.yml and sweep/action.yml.',
    flags: {},
  })
  for (const [readme, action] of Object.entries(READMES)) {
    writeGenerated(readme, tablesOf(readFileSync(join(import.meta.dirname, '..', action), 'utf8')))
  }
}
