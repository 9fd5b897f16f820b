// `npm run update:github-openapi`: extracts the operations that the sweep uses from GitHub's OpenAPI description (npm
// package @octokit/openapi), for the simulated GitHub. The package unpacks to 400 MB, too much for a dev dependency, so
// the extract is committed and this script downloads the package.

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
  does: "Downloads GitHub's OpenAPI description and extracts the simulated GitHub's operations from it.",
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
  // OpenAPI's `nullable` does not extend to an `enum`, and GitHub's enum lacks null, the conclusion of a running job.
  const withNull = (_name: string, schema: { nullable?: boolean; enum?: unknown[] } | null) =>
    schema?.nullable && schema.enum ? { ...schema, enum: [...new Set([...schema.enum, null])] } : schema
  const text = `${JSON.stringify(extract, withNull)}\n`
  writeFileSync(join(import.meta.dirname, '..', 'simulator', 'github', 'openapi.json'), text)
  console.log(`simulator/github/openapi.json: from ${PACKAGE} ${version}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
