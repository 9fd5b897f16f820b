// `npm run rename -- acme/neon-key [@acme/team]`: replaces the placeholders for the repository's name and maintainers.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fail, readCommand } from './command.ts'

const { positionals } = readCommand({
  usage: 'npm run rename --',
  does: 'Replaces all placeholders for the name and the maintainers of the repository: acme/neon-key @acme/team.',
  flags: {},
  positionals: ['NAME', '[MAINTAINERS]'],
})
const [name = '', maintainers = `@${name.split('/')[0]}/maintainers`] = positionals
if (!/^[a-z\d](?:-?[a-z\d]){0,38}\/(?!.*\.git$)[\w-][\w.-]{0,99}$/i.test(name)) {
  fail(`'${name}' is not the name of a repository on GitHub. Like this: npm run rename -- acme/neon-key @acme/team`)
}
if (!/^@[a-z\d](?:-?[a-z\d]){0,38}(?:\/[\w-]+)?$/i.test(maintainers)) {
  fail(`'${maintainers}' is neither a team nor a person on GitHub. Like this: @acme/team`)
}
const git = (...parameters: string[]): string => execFileSync('git', parameters, { encoding: 'utf8' })
if (git('status', '--porcelain') !== '') fail('There are changes that are not committed. Commit or stash them first.')

// Split, so that this file does not contain the placeholder.
const PLACE = 'OWN' + 'ER'
const REPLACEMENTS = {
  [`@${PLACE}/maintainers`]: maintainers,
  [`${PLACE}/REPO`]: name,
  [`${PLACE}/*`]: `${name.split('/')[0]}/*`,
}
/** Tracked files that contain a placeholder. */
const holders = (): string[] => {
  try {
    return git('grep', '--files-with-matches', '--word-regexp', PLACE).trim().split('\n')
  } catch {
    return []
  }
}
const files = holders()
if (files.length === 0) fail('No placeholder is left: the repository has its name.')
for (const file of files) {
  const text = Object.entries(REPLACEMENTS).reduce(
    (changed, [placeholder, value]) => changed.replaceAll(placeholder, value),
    readFileSync(file, 'utf8'),
  )
  writeFileSync(file, text)
}
const left = holders()
if (left.length > 0) fail(`Placeholders are left in ${left.join(', ')}; replace them by hand.`)
console.log(
  `${files.length} files name ${name} now, and ${maintainers} as its maintainers. Look at git diff, then commit.`,
)
console.log('What to switch on at GitHub: "First push" in CONTRIBUTING.md.')
