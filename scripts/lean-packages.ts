// The copies of the libraries that are packed into dist/: without what the action never runs. Main and post run in every
// job of every user, and loading code takes most of their time. The sources know nothing of it.

import { cpSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Modules that no request of the action ever reaches, and why. Each throws should it be called after all. */
const LEFT_OUT = {
  'undici/lib/dispatcher/client-h2.js': 'HTTP/2 is switched off (src/base/http.ts)',
  'undici/lib/web/fetch/body.js': 'bodies are strings',
  'undici/lib/web/fetch/formdata.js': 'bodies are strings',
  'undici/lib/web/webidl/index.js': 'bodies are strings',
}

/** Modules of which little is needed, and that little. */
const REPLACED = {
  'undici/index.js': [
    "export { default as Agent } from './lib/dispatcher/agent.js'",
    "export { default as EnvHttpProxyAgent } from './proxied.js'",
    '// @actions/github names it, and is given the HTTP client of the action instead (src/github/runs.ts).',
    'export const fetch = undefined',
  ],
  'undici/lib/dispatcher/parser-h1.js': [
    '// An experimental parser that is off by default.',
    'module.exports.getMiloEnabled = () => false',
  ],
  '@actions/http-client/lib/index.js': [
    '// octokit is given the HTTP client of the action (src/github/runs.ts).',
    'export class HttpClient {',
    '  getAgent() {}',
    '  getAgentDispatcher() {}',
    '}',
  ],
}

/** What `undici/index.js` above needs besides. */
const ADDED = {
  'undici/proxied.js': [
    '// `connect` is what a proxy is asked with; the real index gives it to every dispatcher, among much else.',
    "require('./lib/dispatcher/dispatcher.js').prototype.connect = require('./lib/api/api-connect.js')",
    "module.exports = require('./lib/dispatcher/env-http-proxy-agent.js')",
  ],
}

/** Modules of Node that undici loads, which takes milliseconds, for next to nothing. */
const BUILT_INS = {
  'node:assert': [
    'module.exports = (value, message) => {',
    "  if (!value) throw message instanceof Error ? message : new Error(message ?? 'an assertion failed')",
    '}',
  ],
  'node:http': [
    '// To recognize a request body that is a Node stream, and the default of `node --max-http-header-size`.',
    'module.exports = { IncomingMessage: class {}, maxHeaderSize: 16 * 1024 }',
  ],
}

/** undici's parser for processors without SIMD, which are rare: a file of its own, that only they load. */
export const WITHOUT_SIMD = './llhttp-wasm.js'

const root = join(import.meta.dirname, '..')
/** Where the bundler looks before it finds the real libraries. */
const packages = join(root, 'build', 'node_modules')
const text = (lines: string[]): string => `${lines.join('\n')}\n`

/** Puts lean copies of the libraries beside the compiled sources. */
export function copyLeanPackages(): void {
  for (const name of ['@actions/core', '@actions/github', '@actions/http-client', 'undici']) {
    const original = join(root, 'node_modules', name)
    // Not the packages that are theirs alone: they too shall find the lean ones.
    const filter = (file: string): boolean => file !== join(original, 'node_modules')
    cpSync(original, join(packages, name), { recursive: true, filter })
  }
  for (const [file, reason] of Object.entries(LEFT_OUT)) {
    replace(file, [
      `// Left out of this bundle: ${reason}.`,
      'module.exports = () => {',
      `  throw new Error('${file} was left out of this bundle')`,
      '}',
    ])
  }
  for (const [file, lines] of Object.entries(REPLACED)) replace(file, lines)
  for (const [file, lines] of Object.entries(ADDED)) writeFileSync(join(packages, file), text(lines))
  for (const [name, lines] of Object.entries(BUILT_INS)) replaceBuiltIn(name, lines)
  keepUsedConstants()
  redirect('../llhttp/llhttp-wasm.js', WITHOUT_SIMD)
  // Its only export brings everything along, OIDC and with it all of an HTTP client among it.
  declareSideEffects('@actions/core', false)
  declareSideEffects(
    'undici',
    Object.keys(ADDED).map((file) => file.replace('undici/', './')),
  )
}

function replace(file: string, lines: string[]): void {
  statSync(join(packages, file))
  writeFileSync(join(packages, file), text(lines))
}

function replaceBuiltIn(name: string, lines: string[]): void {
  const substitute = name.replace(':', '-')
  writeFileSync(join(packages, `${substitute}.js`), text(lines))
  redirect(name, substitute)
}

/** Has all of undici require one module instead of another. */
function redirect(from: string, to: string): void {
  for (const file of globSync('undici/lib/**/*.js', { cwd: packages })) {
    const path = join(packages, file)
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(`require('${from}')`, `require('${to}')`))
  }
}

/** undici computes all constants of its parser's source as it starts, and uses two tables of them. */
function keepUsedConstants(): void {
  const constants = createRequire(import.meta.url)('../node_modules/undici/lib/llhttp/constants.js')
  const client = readFileSync(join(packages, 'undici/lib/dispatcher/client-h1.js'), 'utf8')
  const used = new Set([...client.matchAll(/\bconstants\.([A-Z_]+)/g)].map(([, name = '']) => name))
  replace(
    'undici/lib/llhttp/constants.js',
    [...used].map((name) => `module.exports.${name} = ${JSON.stringify(constants[name])}`),
  )
}

/** Neither package says which of its modules do something merely by being loaded; told, the bundler leaves out the others. */
function declareSideEffects(name: string, sideEffects: false | string[]): void {
  const file = join(packages, name, 'package.json')
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), sideEffects }))
}
