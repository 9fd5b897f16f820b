// Bundles the entries of the action into dist/: compiles with TypeScript, then packs with ncc, each entry and all it
// needs into one file. The same sources give the same bytes wherever they are built.

import { execFileSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const ENTRIES = ['main', 'post', 'sweep']

const root = join(import.meta.dirname, '..')
const bin = (name: string): string => join(root, 'node_modules', '.bin', name)
const run = (command: string, ...parameters: string[]): void => {
  // npm's executables are scripts for cmd.exe on Windows.
  execFileSync(command, parameters, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
}

rmSync(join(root, 'build'), { recursive: true, force: true })
rmSync(join(root, 'dist'), { recursive: true, force: true })
run(bin('tsc'), '--project', 'tsconfig.build.json')
for (const entry of ENTRIES) {
  run(bin('ncc'), 'build', join('build', `${entry}.js`), '--out', join('dist', entry), '--license', 'licenses.txt')
  console.log(`dist/${entry}: ${readdirSync(join(root, 'dist', entry)).join(', ')}`)
}
