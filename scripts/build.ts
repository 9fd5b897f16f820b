// Bundles the entries of the action into dist/: compiles with TypeScript, then packs with ncc, each entry and all it
// needs into one file. The same sources give the same bytes wherever they are built.
//
// Main and post run in every job of every user, so they are packed lean: what they never run is left out (see
// `LEFT_OUT`), which halves their bytes and a third of their time. The sources know nothing of it.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ENTRIES = { lean: ['main', 'post'], whole: ['sweep'] }

/** Modules of undici that no request of main and post ever reaches, and why. Each throws should it be called after all. */
const LEFT_OUT = {
  'lib/dispatcher/client-h2.js': 'HTTP/2 is switched off (src/http.ts)',
  'lib/web/fetch/body.js': 'bodies are strings',
  'lib/web/fetch/formdata.js': 'bodies are strings',
  'lib/web/webidl/index.js': 'bodies are strings',
  'lib/milo/simd.js': 'an experimental parser that UNDICI_USE_MILO switches on',
  'lib/milo/no-simd.js': 'an experimental parser that UNDICI_USE_MILO switches on',
}

const root = join(import.meta.dirname, '..')
const build = join(root, 'build')
const bin = (name: string): string => join(root, 'node_modules', '.bin', name)
const run = (command: string, ...parameters: string[]): void => {
  // npm's executables are scripts for cmd.exe on Windows.
  execFileSync(command, parameters, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
}

/** Puts a copy of a package where the bundler finds it before the real one. */
function shadow(packing: string, name: string): string {
  const folder = join(build, packing, 'node_modules', name)
  cpSync(join(root, 'node_modules', name), folder, { recursive: true })
  return folder
}

/**
 * `@actions/core` exports everything from one module, OIDC and with it all of an HTTP client among it. Its modules have
 * no side effects, but it does not say so; told, the bundler leaves out what is not used.
 */
function shakeActionsCore(packing: string): void {
  const file = join(shadow(packing, '@actions/core'), 'package.json')
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), sideEffects: false }))
}

function slimUndici(packing: string): void {
  const folder = shadow(packing, 'undici')
  // `connect` is what a proxy is asked with; undici's own index gives it to every dispatcher, among much else.
  const index = [
    "require('./lib/dispatcher/dispatcher.js').prototype.connect = require('./lib/api/api-connect.js')",
    "module.exports.EnvHttpProxyAgent = require('./lib/dispatcher/env-http-proxy-agent.js')",
    '',
  ]
  writeFileSync(join(folder, 'index.js'), index.join('\n'))
  for (const [file, reason] of Object.entries(LEFT_OUT)) {
    statSync(join(folder, file))
    writeFileSync(
      join(folder, file),
      `// Left out of this bundle: ${reason}.\nmodule.exports = () => {\n  throw new Error('${file} was left out of this bundle')\n}\n`,
    )
  }
}

rmSync(build, { recursive: true, force: true })
rmSync(join(root, 'dist'), { recursive: true, force: true })
run(bin('tsc'), '--project', 'tsconfig.build.json')
const compiled = readdirSync(build)
for (const [packing, entries] of Object.entries(ENTRIES)) {
  mkdirSync(join(build, packing))
  for (const file of compiled) cpSync(join(build, file), join(build, packing, file))
  shakeActionsCore(packing)
  if (packing === 'lean') slimUndici(packing)
  for (const entry of entries) {
    run(
      bin('ncc'),
      'build',
      join('build', packing, `${entry}.js`),
      '--out',
      join('dist', entry),
      '--license',
      'licenses.txt',
    )
    const kilobytes = Math.round(statSync(join(root, 'dist', entry, 'index.js')).size / 1000)
    console.log(`dist/${entry}/index.js: ${kilobytes} kB`)
  }
}
