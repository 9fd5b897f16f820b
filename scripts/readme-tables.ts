// `npm run update:readme`: writes the tables of inputs and outputs into README.md and sweep/README.md, from the action.yml
// beside them. A test sees to it that this has been done.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '..')

/** The READMEs that have such tables, and the actions that they describe. */
export const READMES = { 'README.md': 'action.yml', 'sweep/README.md': 'sweep/action.yml' }

interface Action {
  inputs: Record<string, { description: string; required: boolean; default: string }>
  outputs: Record<string, { description: string }>
}

/** A README with the tables between its markers (`<!-- inputs -->` … `<!-- /inputs -->`) as an action.yml has them. */
export function withTables(readme: string, actionFile: string): string {
  const { inputs, outputs } = parse(actionFile) as Action
  const tables = {
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
  return Object.entries(tables).reduce((text, [name, content]) => {
    const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
    const [from, to] = [text.indexOf(start), text.indexOf(end)]
    if (from === -1 || to < from) throw new Error(`There are no markers for the table of ${name}.`)
    return text.slice(0, from + start.length) + content + text.slice(to)
  }, readme)
}

function table(heads: string[], rows: string[][]): string {
  const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`)
  return lines.join('')
}

if (import.meta.main) {
  for (const [readme, action] of Object.entries(READMES)) {
    const file = join(root, readme)
    writeFileSync(file, withTables(readFileSync(file, 'utf8'), readFileSync(join(root, action), 'utf8')))
  }
}
