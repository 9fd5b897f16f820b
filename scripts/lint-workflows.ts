// Part of `npm run lint`: every action, workflow and example parses by GitHub's own schema, with the parser of GitHub's
// language server.

import { globSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { TextDocument } from 'vscode-languageserver-textdocument'

// The language server is made for bundlers: it imports JSON without saying so.
registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
})
const { validate } = await import('@actions/languageservice')

const root = join(import.meta.dirname, '..')
const PATTERNS = [
  'action.yml',
  'sweep/action.yml',
  '.github/workflows/*.yml',
  '__tests__/workflows/**/*.yml',
  'examples/**/*.yml',
]

async function problemsOf(file: string, text: string): Promise<string[]> {
  const diagnostics = await validate(TextDocument.create(`file:///${file}`, 'yaml', 1, text), {})
  return diagnostics.map(({ range, message }) => `${file}:${range.start.line + 1}: ${message}`)
}

// A linter that finds nothing may be one that does not look.
const wrong = await problemsOf('wrong.yml', 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    stepz: []\n')
if (wrong.length !== 1) throw new Error('the linter does not notice a misspelt key')

const files = globSync(PATTERNS, { cwd: root }).sort()
const problems = (
  await Promise.all(files.map((file) => problemsOf(file, readFileSync(join(root, file), 'utf8'))))
).flat()
for (const problem of problems) console.error(problem)
console.log(`${files.length} workflows and actions parse by GitHub's schema, but for ${problems.length} problems.`)
if (problems.length > 0) process.exit(1)
