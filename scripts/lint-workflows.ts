// Part of `npm run lint`: validates every action, workflow and example against GitHub's schema, with the parser of
// GitHub's language server.

import { globSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { TextDocument } from 'vscode-languageserver-textdocument'

// The language server is written for bundlers: it imports JSON without an import attribute.
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

// Make sure that the linter can fail.
const wrong = await problemsOf('wrong.yml', 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    stepz: []\n')
if (wrong.length !== 1) throw new Error('the linter does not notice a misspelled key')

const files = globSync(PATTERNS, { cwd: root }).sort()
const problems = (
  await Promise.all(files.map((file) => problemsOf(file, readFileSync(join(root, file), 'utf8'))))
).flat()
for (const problem of problems) console.error(problem)
console.log(`${files.length} workflows and actions checked against GitHub's schema: ${problems.length} problems.`)
if (problems.length > 0) process.exit(1)
