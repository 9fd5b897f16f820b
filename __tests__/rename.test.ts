// `npm run rename` in a separate repository: afterwards, all checks that involve names still pass.

import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../simulator/fixtures.ts'

// Split, as in scripts/rename.ts, so that this file does not contain the placeholder.
const PLACE = ['OWN', 'ER'].join('')
const folder = mkdtempSync(join(tmpdir(), 'rename-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(command: string, ...parameters: string[]) {
  const { status, stdout, stderr } = spawnSync(command, parameters, { cwd: folder, encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}`.trimEnd() }
}
const git = (...parameters: string[]) =>
  run('git', '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...parameters)
const rename = (...parameters: string[]) => run(process.execPath, 'scripts/rename.ts', ...parameters)

beforeAll(() => {
  const listing = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const { stdout } = spawnSync('git', listing, { cwd: ROOT, encoding: 'utf8' })
  for (const file of stdout.split('\0').filter(Boolean)) cpSync(join(ROOT, file), join(folder, file))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')
  git('init', '--quiet')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'A fresh clone')
})

test.each(['', 'acme', 'acme/', 'acme/neon key', 'acme-/x', 'acme/x.git', 'https://github.com/acme/x'])(
  'not a name: %j',
  (name) => {
    expect(rename(name)).toEqual({ status: 2, said: expect.stringContaining('is not the name of a repository') })
  },
)

test('not a team', () => {
  expect(rename('acme/neon-key', 'acme/team')).toEqual({ status: 2, said: expect.stringContaining('neither a team') })
})

test('uncommitted changes: an error, and nothing is replaced', () => {
  appendFileSync(join(folder, 'LICENSE'), 'x')
  expect(rename('acme/neon-key')).toEqual({ status: 2, said: expect.stringContaining('not committed') })
  expect(git('diff', '--name-only').said).toBe('LICENSE')
  git('checkout', '--quiet', 'LICENSE')
})

test('afterwards no placeholder is left, and the linters and the tests of the documents pass', () => {
  expect(rename('acme/neon-key', '@acme/team')).toMatchObject({ status: 0 })
  expect(git('grep', '--word-regexp', PLACE).said).toBe('')
  expect(readFileSync(join(folder, '.github', 'CODEOWNERS'), 'utf8')).toContain('* @acme/team\n')
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain('uses: acme/neon-key@v1')
  expect(readFileSync(join(folder, '.github', 'zizmor.yml'), 'utf8')).toContain('acme/*: ref-pin')

  const modules = join(folder, 'node_modules')
  const jest = [join(modules, 'jest', 'bin', 'jest.js'), '--rootDir', folder, 'documents.test']
  for (const parameters of [
    [join(modules, '@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings'],
    ['scripts/lint-workflows.ts'],
    ['--no-warnings', '--experimental-vm-modules', ...jest],
  ]) {
    const { status, said } = run(process.execPath, ...parameters)
    expect({ parameters, status, said: status === 0 ? '' : said }).toEqual({ parameters, status: 0, said: '' })
  }
  git('commit', '--quiet', '--all', '--message', 'Named')
  expect(rename('acme/other')).toEqual({ status: 2, said: expect.stringContaining('has its name') })
}, 60_000)
