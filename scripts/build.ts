// Bundles the action into dist/: compiles with TypeScript, then packs with ncc. The same sources give the same bytes
// wherever they are built.
//
//     dist/main.js post.js sweep.js   the entries: a line each, and what loads the bundle
//     dist/index.js                   the bundle: all that main and post need
//     dist/<number>.index.js          what the sweep needs besides, and what proxies need
//     dist/llhttp-wasm.js             what processors without SIMD need

import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { copyLeanPackages, WITHOUT_SIMD } from './lean-packages.ts'

const ENTRIES = ['main', 'post', 'sweep']

const root = join(import.meta.dirname, '..')
const build = join(root, 'build')
const dist = join(root, 'dist')

function run(command: string, ...parameters: string[]): void {
  // npm's executables are scripts for cmd.exe on Windows.
  execFileSync(join(root, 'node_modules', '.bin', command), parameters, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
}

function pack(name: string, ...options: string[]): string {
  const output = join(build, 'packed', name)
  run('ncc', 'build', join('build', `${name}.js`), '--out', output, ...options)
  return output
}

/** A program of ASCII characters alone takes V8 half the memory. */
function escapeOthers(file: string): void {
  const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  // One UTF-16 unit after the other, as JavaScript writes characters past U+FFFF.
  writeFileSync(file, readFileSync(file, 'utf8').replace(/[^\0-\x7f]/g, escapeUnit))
}

rmSync(build, { recursive: true, force: true })
rmSync(dist, { recursive: true, force: true })
run('tsc', '--project', 'tsconfig.build.json')
// Without a "type" here, ncc packs CommonJS, which Node starts a little faster than ES modules.
writeFileSync(join(build, 'package.json'), '{}\n')
copyLeanPackages()

mkdirSync(dist)
cpSync(pack('index', '--license', 'licenses.txt', '--external', WITHOUT_SIMD), dist, { recursive: true })
copyFileSync(join(root, 'node_modules', 'undici', 'lib', 'llhttp', WITHOUT_SIMD), join(dist, WITHOUT_SIMD))
// undici carries the HTTP parser of Node, compiled, without its licence.
appendFileSync(join(dist, 'licenses.txt'), `\n${readFileSync(join(root, 'scripts', 'licenses', 'llhttp.txt'), 'utf8')}`)
for (const entry of ENTRIES) {
  copyFileSync(join(pack(entry, '--external', './index.js'), 'index.js'), join(dist, `${entry}.js`))
}
for (const file of globSync('*.js', { cwd: dist })) escapeOthers(join(dist, file))
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n')
for (const file of readdirSync(dist)) console.log(`dist/${file}: ${statSync(join(dist, file)).size} bytes`)
