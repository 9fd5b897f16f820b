// `npm run update:github-openapi`: takes the operations that the sweep uses out of GitHub's published OpenAPI description
// (npm package @octokit/openapi), for the simulated GitHub. The package unpacks to 400 MB, too much to ask of everybody
// who runs a test, so the extract is committed and this script fetches the package only when it is run.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCommand } from './command.ts'

const PACKAGE = '@octokit/openapi'
const PATHS = [
  '/repos/{owner}/{repo}/actions/runs',
  '/repos/{owner}/{repo}/actions/runs/{run_id}',
  '/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs',
  '/installation/repositories',
]

readCommand({
  usage: 'npm run update:github-openapi --',
  does: "Takes the simulated GitHub's operations out of GitHub's OpenAPI description, which it fetches.",
  flags: {},
})
const folder = mkdtempSync(join(tmpdir(), 'github-openapi-'))
try {
  execFileSync('npm', ['install', '--prefix', folder, '--no-save', PACKAGE], {
    stdio: 'ignore',
    shell: process.platform === 'win32',
  })
  const read = (file: string) => JSON.parse(readFileSync(join(folder, 'node_modules', PACKAGE, file), 'utf8'))
  const { version } = read('package.json')
  const { openapi, info, paths } = read('generated/api.github.com.deref.json')
  const extract = {
    openapi,
    info: { title: info.title, version: info.version, 'x-extracted-from': `${PACKAGE} ${version}` },
    paths: Object.fromEntries(PATHS.map((path) => [path, { get: paths[path].get }])),
  }
  // OpenAPI's `nullable` does not reach into an `enum`, and GitHub's does not name what a job that goes on has: null.
  const withNull = (_name: string, schema: { nullable?: boolean; enum?: unknown[] } | null) =>
    schema?.nullable && schema.enum ? { ...schema, enum: [...new Set([...schema.enum, null])] } : schema
  const text = `${JSON.stringify(extract, withNull)}\n`
  writeFileSync(join(import.meta.dirname, '..', 'simulator', 'github', 'openapi.json'), text)
  console.log(`simulator/github/openapi.json: from ${PACKAGE} ${version}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
