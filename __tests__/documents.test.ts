// action.yml, the code and the README agree.

import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { withGenerated } from '../scripts/markdown.ts'
import { READMES, tablesOf } from '../scripts/readme-tables.ts'
import { VERSION } from '../src/base/version.ts'
import { INPUT_NAMES, OUTPUT_NAMES, SWEEP_INPUT_NAMES, SWEEP_OUTPUT_NAMES } from '../src/github/metadata.ts'
import { NEON_API_HOST } from '../src/steps/inputs.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const actions = [
  { action: parse(read('action.yml')), readme: 'README.md', names: INPUT_NAMES, outputs: OUTPUT_NAMES },
  {
    action: parse(read('sweep/action.yml')),
    readme: 'sweep/README.md',
    names: SWEEP_INPUT_NAMES,
    outputs: SWEEP_OUTPUT_NAMES,
  },
] as const

describe.each(actions)('$action.name', ({ action, readme, names, outputs }) => {
  test('the code reads the inputs and sets the outputs of action.yml', () => {
    expect(Object.keys(action.inputs)).toEqual([...names])
    expect(Object.keys(action.outputs)).toEqual([...outputs])
  })

  test('the tables of the README match action.yml (npm run update:readme)', () => {
    expect(withGenerated(read(readme), tablesOf(read(READMES[readme])))).toBe(read(readme))
  })

  test('the default of api_host matches the code, and the action runs on Node 24', () => {
    expect(action.inputs.api_host.default).toBe(NEON_API_HOST)
    expect(action.runs.using).toBe('node24')
  })
})

test('npm ci installs Node 24 for the commands', () => {
  expect(JSON.parse(read('package.json')).devDependencies.node).toMatch(/^24\./)
  expect(JSON.parse(read('package-lock.json')).packages['node_modules/node'].version).toBe(read('.node-version').trim())
})

test('the version matches package.json', () => {
  expect(VERSION).toBe(JSON.parse(read('package.json')).version)
})

test('every npm command that a document names exists', () => {
  const { scripts } = JSON.parse(read('package.json'))
  for (const file of globSync(['*.md', 'docs/*.md', '__tests__/*.md'], { cwd: root })) {
    for (const [, name = ''] of read(file).matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty([name])
  }
})

test('the lockfile contains no address of a package registry', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved"|registry\./)
})

test('the lockfile has the hash of every package, including those for other systems', () => {
  interface Entry {
    integrity?: string
    inBundle?: boolean
    link?: boolean
  }
  const { '': _self, ...packages } = JSON.parse(read('package-lock.json')).packages as Record<string, Entry>
  expect(packages).toHaveProperty(['node_modules/@biomejs/cli-win32-x64'])
  for (const [path, { integrity, inBundle, link }] of Object.entries(packages)) {
    if (!inBundle && !link) expect({ path, integrity }).toEqual({ path, integrity: expect.stringMatching(/^sha512-/) })
  }
})

test('every file of the repository that a document names exists', () => {
  const named = /`((?:src|dist|sweep|simulator|__tests__|bench|scripts|examples|docs)\/[\w./-]+\.\w+)`/g
  for (const file of globSync(['*.md', 'docs/*.md', '__tests__/*.md'], { cwd: root })) {
    for (const [, name = ''] of read(file).matchAll(named)) {
      expect({ file, name, exists: existsSync(join(root, name)) }).toEqual({ file, name, exists: true })
    }
  }
})

test('every relative link in a document points to a file', () => {
  const documents = globSync(
    ['*.md', 'docs/*.md', 'sweep/*.md', 'examples/*.md', '__tests__/*.md', '.github/**/*.md'],
    { cwd: root },
  )
  expect(documents).toContain('README.md')
  for (const file of documents) {
    for (const [, link = ''] of read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
      expect({ file, link, exists: existsSync(join(root, file, '..', link)) }).toEqual({ file, link, exists: true })
    }
  }
})

test('every heading that a document links to exists', () => {
  const anchors = (file: string): string[] =>
    [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    )
  for (const file of globSync(['*.md', 'docs/*.md', 'sweep/*.md', '__tests__/*.md'], { cwd: root })) {
    for (const [, target = '', anchor = ''] of read(file).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)) {
      expect(anchors(target === '' ? file : join(file, '..', target))).toContain(anchor)
    }
  }
})
