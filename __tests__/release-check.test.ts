// `npm run release:check`, in a repository with the same files, whose build is replaced by a quick one.

import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../simulator/fixtures.ts'
import { VERSION } from '../src/base/version.ts'

const folder = mkdtempSync(join(tmpdir(), 'release-'))
const path = (file: string): string => join(folder, file)
const git = (...parameters: string[]): string =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...parameters], {
    cwd: folder,
    encoding: 'utf8',
  })
const replace = (file: string, from: string, to: string): void =>
  writeFileSync(path(file), readFileSync(path(file), 'utf8').replace(from, to))
const commit = (): string => git('commit', '--quiet', '--all', '--allow-empty', '--message', 'Change')
const check = (...parameters: string[]) =>
  spawnSync(process.execPath, ['scripts/release-check.ts', ...parameters], { cwd: folder, encoding: 'utf8' })

const TAG = `v${VERSION}`

beforeAll(() => {
  for (const file of ['scripts', 'src', 'dist', 'package.json', 'package-lock.json', '.gitignore'])
    cpSync(join(ROOT, file), path(file), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), path('node_modules'), 'junction')
  writeFileSync(
    path('CHANGELOG.md'),
    `# Changelog\n\n## [Unreleased]\n\n## [${VERSION}] - 2026-01-02\n\n- New.\n\n## [0.1.0] - 2026-01-01\n`,
  )
  replace('package.json', 'node scripts/build.ts', 'node build.cjs')
  writeFileSync(path('build.cjs'), '')
  git('init', '--quiet', '--initial-branch', 'main')
  git('config', 'core.autocrlf', 'false')
  git('add', '--all')
  commit()
  git('tag', 'first')
})
beforeEach(() => {
  git('checkout', '--quiet', '--force', '-B', 'main', 'first')
  git('clean', '--quiet', '-d', '--force')
  git('update-ref', 'refs/remotes/origin/main', 'HEAD')
})
afterEach(() => {
  for (const tag of git('tag').split('\n')) if (tag.startsWith('v')) git('tag', '--delete', tag)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['no tag yet', (): unknown => undefined],
  [
    'a tag of an earlier commit of main',
    () => {
      git('tag', TAG)
      commit()
      git('update-ref', 'refs/remotes/origin/main', 'HEAD')
      git('checkout', '--quiet', TAG)
    },
  ],
])('a commit that can be released, with %s: prints and writes its notes', (_case, prepare) => {
  prepare()
  const { status, stdout, stderr } = check(TAG, '--notes', path('notes.md'))
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout.includes(`There is no tag ${TAG} yet`)).toBe(git('tag', '--list', TAG) === '')
  expect(stdout).toContain(`✓ ${TAG} is fit to be released. Its notes:\n\n- New.`)
  expect(readFileSync(path('notes.md'), 'utf8')).toBe('- New.\n')
})

test.each<[problem: string, () => void]>([
  [`CHANGELOG.md has no section '## [${VERSION}] - <date>'.`, () => replace('CHANGELOG.md', '2026-01-02', 'soon')],
  [`CHANGELOG.md has no section '## [${VERSION}] - <date>'.`, () => replace('CHANGELOG.md', VERSION, '0.2.0')],
  [`The tag ${TAG} is on another commit than what is checked out.`, () => git('tag', TAG)],
  [
    'After a fresh build, not all is as committed:\n M dist/main.js',
    () => writeFileSync(path('build.cjs'), "require('fs').appendFileSync('dist/main.js', '//')"),
  ],
])('one problem: %s', (problem, prepare) => {
  prepare()
  commit()
  git('update-ref', 'refs/remotes/origin/main', 'HEAD')
  expect(check(TAG)).toMatchObject({ status: 1, stderr: `✗ ${problem}\n` })
})

test('a commit that is only on the local main, not on that of origin', () => {
  commit()
  expect(check(TAG)).toMatchObject({
    status: 1,
    stderr: '✗ What is checked out is not on main (of origin, where there is one).\n',
  })
})

test('all problems are reported, also a file that git does not track', () => {
  appendFileSync(path('dist/new.js'), '')
  const { status, stderr } = check('v9.9.9')
  expect(status).toBe(1)
  expect(stderr.trimEnd().split('\n')).toEqual([
    ...['package.json', 'package-lock.json', 'src/base/version.ts'].map(
      (file) => `✗ ${file} says ${VERSION}, the tag 9.9.9.`,
    ),
    "✗ CHANGELOG.md has no section '## [9.9.9] - <date>'.",
    '✗ After a fresh build, not all is as committed:',
    '?? dist/new.js',
  ])
})

test.each(['v1.0', 'v1.0.0-rc.1', `x${TAG}`])('an invalid tag: %s', (tag) => {
  expect(check(tag)).toMatchObject({ status: 2, stderr: expect.stringContaining('Name the tag, such as v1.2.3') })
})
