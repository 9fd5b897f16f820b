// `npm run release:check`, in a clone.

import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VERSION } from '../src/base/version.ts'

const ROOT = join(import.meta.dirname, '..')
let clone: string
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'release-'))
  execFileSync('git', ['clone', '--quiet', ROOT, clone], { stdio: 'ignore' })
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'), 'junction')
  git('checkout', '--quiet', '-B', 'main')
  git('update-ref', 'refs/remotes/origin/main', 'HEAD')
})
afterEach(() => rmSync(clone, { recursive: true, force: true }))

const git = (...parameters: string[]): string =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...parameters], {
    cwd: clone,
    encoding: 'utf8',
  })

function check(...parameters: string[]) {
  return spawnSync(process.execPath, ['scripts/release-check.ts', ...parameters], { cwd: clone, encoding: 'utf8' })
}

test('reports every problem that prevents a release', () => {
  git('tag', 'v9.9.9')
  git('commit', '--quiet', '--allow-empty', '--message', 'Not on main')
  appendFileSync(join(clone, 'dist', 'main.js'), '// changed by hand')
  git('commit', '--quiet', '--all', '--message', 'dist/ by hand')
  const { status, stderr } = check('v9.9.9')
  expect(status).toBe(1)
  for (const file of ['package.json', 'package-lock.json', 'src/base/version.ts']) {
    expect(stderr).toContain(`✗ ${file} says ${VERSION}, the tag 9.9.9.`)
  }
  expect(stderr).toContain("✗ CHANGELOG.md has no section '## [9.9.9] - <date>'.")
  expect(stderr).toContain('✗ The tag v9.9.9 is on another commit than what is checked out.')
  expect(stderr).toContain('✗ What is checked out is not on main')
  expect(stderr).toMatch(/✗ After a fresh build, not all is as committed:[^✗]* M dist\/main\.js/)
}, 60_000)

test('an invalid tag', () => {
  expect(check('1.0')).toMatchObject({ status: 2, stderr: expect.stringContaining('Name the tag, such as v1.2.3') })
})
