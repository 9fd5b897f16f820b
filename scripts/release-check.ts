// `npm run release:check -- v1.2.3 [--notes FILE]`: checks whether the checked-out commit can be released under this
// tag. The release workflow runs it; run it yourself before pushing a tag. Writes the release notes to FILE.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { VERSION } from '../src/base/version.ts'
import { fail, readCommand } from './command.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const git = (...parameters: string[]): string =>
  execFileSync('git', parameters, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trimEnd()

/** The section of CHANGELOG.md about a version; `undefined` if there is none with a date. */
function notesOf(version: string): string | undefined {
  const sections = read('CHANGELOG.md').split(/^## /m).slice(1)
  const section = sections.find((text) => text.startsWith(`[${version}] - `))
  if (!section || !/^\[[^\]]+\] - \d{4}-\d\d-\d\d\n/.test(section)) return undefined
  return section.slice(section.indexOf('\n')).trim()
}

/** The commit of a branch or tag; `undefined` if it does not exist. */
function commitOf(name: string): string | undefined {
  try {
    return git('rev-parse', '--verify', `${name}^{commit}`)
  } catch {
    return undefined
  }
}

/** Whether the checked-out commit was merged: a tag can be pushed on any commit, even one that nobody has reviewed. */
function isOnMain(): boolean {
  const main = ['refs/remotes/origin/main', 'refs/heads/main'].find((name) => commitOf(name) !== undefined)
  try {
    git('merge-base', '--is-ancestor', 'HEAD', main ?? '')
    return true
  } catch {
    return false
  }
}

const given = readCommand({
  usage: 'npm run release:check --',
  does: 'Checks whether the checked-out commit can be released under this tag.',
  flags: { notes: { value: 'FILE', help: 'where to write the release notes' } },
  positionals: ['TAG'],
})
const [tag = ''] = given.positionals
if (!/^v\d+\.\d+\.\d+$/.test(tag)) fail('Name the tag, such as v1.2.3: npm run release:check -- v1.2.3 [--notes FILE]')
const version = tag.slice(1)
const problems: string[] = []

const lock = JSON.parse(read('package-lock.json'))
const versions = {
  'package.json': JSON.parse(read('package.json')).version,
  'package-lock.json': lock.version,
  'src/base/version.ts': VERSION,
}
for (const [file, found] of Object.entries(versions)) {
  if (found !== version) problems.push(`${file} says ${found}, the tag ${version}.`)
}

const notes = notesOf(version)
if (notes === undefined) problems.push(`CHANGELOG.md has no section '## [${version}] - <date>'.`)

const commit = commitOf(`refs/tags/${tag}`)
if (commit === undefined) console.log(`There is no tag ${tag} yet; git tag ${tag} makes it.`)
else if (commit !== git('rev-parse', 'HEAD'))
  problems.push(`The tag ${tag} is on another commit than what is checked out.`)
if (!isOnMain()) problems.push('What is checked out is not on main (of origin, where there is one).')

execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'ignore', shell: process.platform === 'win32' })
const changed = git('status', '--porcelain')
if (changed !== '') problems.push(`After a fresh build, not all is as committed:\n${changed}`)

for (const problem of problems) console.error(`✗ ${problem}`)
if (problems.length > 0) process.exit(1)
const notesFile = given.text('notes')
if (notesFile !== undefined) writeFileSync(notesFile, `${notes}\n`)
console.log(`✓ ${tag} is fit to be released. Its notes:\n\n${notes}`)
