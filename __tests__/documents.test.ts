// What the action declares, what the code reads and what the README says must be the same.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { INPUT_NAMES, NEON_API_HOST } from '../src/inputs.ts'
import { SWEEP_INPUT_NAMES } from '../src/sweep-inputs.ts'
import { VERSION } from '../src/version.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const actions = [
  { action: parse(read('action.yml')), readme: 'README.md', names: INPUT_NAMES },
  { action: parse(read('sweep/action.yml')), readme: 'sweep/README.md', names: SWEEP_INPUT_NAMES },
]
const sources = readdirSync(join(root, 'src')).map((file) => read(join('src', file)))

/** The rows of a table of a README, as the words in backquotes of its first two cells. */
function table(readme: string, heading: string): [string, string][] {
  const section =
    read(readme)
      .split(new RegExp(`^## ${heading}$`, 'm'))[1]
      ?.split(/^## /m)[0] ?? ''
  return [...section.matchAll(/^\| `([^`]+)` \| ([^|]*) \|/gm)].map(([, name = '', cell = '']) => [
    name,
    cell.replaceAll('`', '').trim(),
  ])
}

describe.each(actions)('$action.name', ({ action, readme, names }) => {
  test('the inputs of action.yml are those that the code reads', () => {
    expect(Object.keys(action.inputs)).toEqual([...names])
    const text = sources.join('\n')
    for (const name of names) expect(text).toMatch(new RegExp(`(input|readId|readBoolean)\\((runner, )?'${name}'`))
  })

  test('the outputs of action.yml are those that the code sets', () => {
    const set = sources.flatMap((source) => [...source.matchAll(/\.output\('(\w+)'/g)].map(([, name]) => name))
    expect(set).toEqual(expect.arrayContaining(Object.keys(action.outputs)))
    expect(set).toHaveLength(actions.flatMap((each) => Object.keys(each.action.outputs)).length)
  })

  test('the inputs of action.yml are those of the README, with their defaults', () => {
    const expected = Object.entries<{ required: boolean; default?: string }>(action.inputs).map(([name, input]) => [
      name,
      input.required ? 'required' : input.default || 'none',
    ])
    expect(table(readme, 'Inputs')).toEqual(expected)
  })

  test('the outputs of action.yml are those of the README', () => {
    expect(table(readme, 'Outputs').map(([name]) => name)).toEqual(Object.keys(action.outputs))
  })

  test('the default of api_host is the one of the code, and it runs on Node 24', () => {
    expect(action.inputs.api_host.default).toBe(NEON_API_HOST)
    expect(action.runs.using).toBe('node24')
  })
})

test('the commands bring Node 24 with them', () => {
  expect(JSON.parse(read('package.json')).devDependencies.node).toMatch(/^24\./)
})

test('the version is the one of package.json', () => {
  expect(VERSION).toBe(JSON.parse(read('package.json')).version)
})

test('every npm command that a document names exists', () => {
  const { scripts } = JSON.parse(read('package.json'))
  for (const file of ['README.md', '__tests__/README.md']) {
    for (const [, name = ''] of read(file).matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty([name])
  }
})

test('no address of a package registry stands in the lockfile', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved"|registry\./)
})
