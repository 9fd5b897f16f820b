// Adds the platform packages that npm left out of package-lock.json.
//
// A registry mirror that serves one platform alone makes `npm install` drop every other platform's optional
// packages from the lockfile, and `npm ci` then refuses the lockfile on every platform (npm/cli issue 4828
// tells of the same damage). Their versions are pinned by the package that names them, so the entries can be
// written without asking anybody; only their integrity hashes stay unknown until somebody runs `npm install`
// against a whole registry. Also drops `resolved` addresses, so that a mirror's address is never committed.
//
// Plain JavaScript without imports from node_modules: it runs before anything is installed.

import { readFileSync, writeFileSync } from 'node:fs'

const OPERATING_SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64']
const LIBRARIES = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' }

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
let added = 0

for (const [path, entry] of Object.entries(lock.packages)) {
  delete entry.resolved
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const words = name.split(/[/-]/)
    const os = OPERATING_SYSTEMS.find((candidate) => words.includes(candidate))
    const cpu = PROCESSORS.find((candidate) => words.includes(candidate))
    const exact = /^\d+\.\d+\.\d+$/.test(version)
    const known = lock.packages[`node_modules/${name}`] ?? lock.packages[`${path}/node_modules/${name}`]
    if (!os || !cpu || !exact || known) continue
    const library = os === 'linux' && LIBRARIES[words.at(-1)]
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(entry.dev && { dev: true }),
      ...(library && { libc: [library] }),
      optional: true,
      os: [os],
    }
    added += 1
  }
}

const [root, ...others] = Object.entries(lock.packages)
lock.packages = Object.fromEntries([root, ...others.sort(([a], [b]) => a.localeCompare(b, 'en'))])
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`package-lock.json: ${added} platform packages added`)
