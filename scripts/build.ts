// Bundles the action into dist/: compiles with TypeScript, then packs with ncc. The build is reproducible.
//
//     dist/main.js post.js sweep.js   the entry points
//     dist/index.js                   shared code: everything that main and post need
//     dist/proxy*.js sweep-keys*.js   additional code and libraries for proxies and for the sweep
//
// With --if-changed (`npm test`) it builds only if the sources, the libraries or dist/ have changed since the last
// build; with --check (`npm run check`) it fails if dist/ then differs from the committed files.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { LEFT_OUT } from './left-out.ts'

const root = join(import.meta.dirname, '..')
const build = join(root, 'build')
const dist = join(root, 'dist')
// A link in the copy of the repository that `npm run mutation` makes.
const packages = realpathSync(join(root, 'node_modules'))
/** Where ncc looks for libraries before node_modules. */
const copies = join(build, 'node_modules')
const ENTRIES = ['main', 'post', 'sweep']
const SHARED = { './index.js': './index.js' }
/** The same on every system. */
const slashes = (path: string): string => path.replaceAll('\\', '/')

/** Copies the libraries and replaces each omitted module with a stub; all others stay as published. */
function copyLibraries(): void {
  for (const name of new Set(Object.keys(LEFT_OUT).map(packageOf)).add('@actions/core')) {
    cpSync(join(packages, name), join(copies, name), { recursive: true })
  }
  for (const [module, { why, instead }] of Object.entries(LEFT_OUT)) {
    if (!existsSync(join(packages, module))) {
      throw new Error(
        `${module}, which scripts/left-out.ts leaves out, does not exist. Correct its path there, or remove it.`,
      )
    }
    const refusal = [
      `const refuse = () => { throw new Error("${module} is left out of dist/: ${why}") }`,
      'const anything = new Proxy(class {}, { get: () => anything, apply: refuse, construct: refuse })',
      'module.exports = anything',
    ]
    writeFileSync(join(copies, module), `${instead ?? refusal.join('\n')}\n`)
  }
  // Its entry point imports OIDC and an HTTP client. The bundler drops them only if the package has no side effects.
  const core = join(copies, '@actions', 'core', 'package.json')
  writeFileSync(core, JSON.stringify({ ...JSON.parse(readFileSync(core, 'utf8')), sideEffects: false }))
}

/** The package of a module in node_modules. */
const packageOf = (module: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? ''

/** The parts of webpack's compilation, as ncc returns it, that are used here. */
interface Compilation {
  chunks: Iterable<Chunk>
  modules: Iterable<Module>
  moduleGraph: {
    getIncomingConnections(
      module: Module,
    ): Iterable<{ originModule: Module | null; resolvedOriginModule: Module | null }>
  }
  chunkGraph: { getNumberOfModuleChunks(module: Module): number }
}
interface Chunk {
  id: number
  /** From a `webpackChunkName` comment in the sources; `null` for a chunk that several modules share. */
  name: string | null
  groupsIterable: Iterable<{ name: string | null }>
}
interface Module {
  resource?: string
}

interface Packed {
  code: string
  assets: Record<string, { source: string | Buffer }>
  stats: { compilation: Compilation }
}

/** Packs one compiled module; the options may request source maps. */
function pack(name: string, options: object): Promise<Packed> {
  // ncc is CommonJS and slow to load.
  const ncc = createRequire(import.meta.url)('@vercel/ncc')
  return ncc(join(build, 'js', `${name}.js`), { cache: false, quiet: true, sourceMapRegister: false, ...options })
}

/** Packs the shared code and the chunks that are loaded on demand into build/dist/. */
async function packAll(): Promise<Compilation> {
  const { code, assets, stats } = await pack('index', { sourceMap: true, license: 'licenses.txt' })
  const output = join(build, 'dist')
  mkdirSync(output)
  // ncc numbers the chunks.
  const names = new Map([...stats.compilation.chunks].map((chunk) => [String(chunk.id), nameOf(chunk)]))
  for (const [file, { source }] of Object.entries(assets)) {
    writeFileSync(
      join(
        output,
        file.replace(/^(\d+)\.index/, (_number, id: string) => names.get(id) ?? id),
      ),
      source,
    )
  }
  const numbering = 'return "" + chunkId + ".index.js";'
  if (code.split(numbering).length !== 2) throw new Error('ncc no longer names chunks as scripts/build.ts expects.')
  const naming = `return ${JSON.stringify(Object.fromEntries(names))}[chunkId] + ".js";`
  writeFileSync(join(output, 'index.js'), code.replace(numbering, naming))
  for (const name of ENTRIES) writeFileSync(join(output, `${name}.js`), (await pack(name, { externals: SHARED })).code)
  return stats.compilation
}

/** A chunk's own name, or one derived from the chunks whose libraries it contains. */
function nameOf({ name, groupsIterable }: Chunk): string {
  return name ?? `${[...groupsIterable].map((group) => group.name).join('-')}-libraries`
}

/** The modules in dist/ that require a module; ignores modules that the bundler omits. */
function whoRequires(stub: string, { modules, moduleGraph, chunkGraph }: Compilation): string[] {
  const resourceOf = (module: Module | null): string => module?.resource ?? ''
  const [module] = [...modules].filter((each) => resourceOf(each) === stub)
  const names = [...(module ? moduleGraph.getIncomingConnections(module) : [])]
    .filter(({ originModule }) => originModule && chunkGraph.getNumberOfModuleChunks(originModule) > 0)
    .map(({ resolvedOriginModule }) => resourceOf(resolvedOriginModule))
    .filter((file) => file !== stub)
  return [...new Set(names)].map((file) => slashes(relative(file.startsWith(copies) ? copies : packages, file)))
}

/** @throws {Error} if other modules require the omitted ones than scripts/left-out.ts lists */
function checkWhoRequires(packed: Compilation): void {
  for (const [module, { requiredBy, why }] of Object.entries(LEFT_OUT)) {
    const found = whoRequires(join(copies, module), packed)
    const [gone] = requiredBy.filter((name) => !found.includes(name))
    if (gone) throw new Error(`${gone} no longer requires ${module}. Remove that from scripts/left-out.ts.`)
    const [added] = found.filter((name) => !requiredBy.includes(name))
    if (added) {
      throw new Error(
        `${added} requires ${module}, which dist/ leaves out because ${why}. If the same reason applies to ${added}, add it in scripts/left-out.ts; if not, remove the module from there.`,
      )
    }
  }
}

/** Replaces each file of dist/ atomically, since tests may be running it. */
function moveIntoPlace(): void {
  const files = readdirSync(join(build, 'dist')).filter((file) => !file.endsWith('.map'))
  mkdirSync(dist, { recursive: true })
  for (const file of files) renameSync(join(build, 'dist', file), join(dist, file))
  for (const file of readdirSync(dist)) if (!files.includes(file)) rmSync(join(dist, file))
}

/** A hash of everything that dist/ is built from, and of dist/ itself. */
function fingerprint(): string {
  const inputs = ['src/**/*.ts', 'scripts/{build,left-out}.ts', 'scripts/licenses/*', 'tsconfig*.json', 'dist/*']
  const hash = createHash('sha256')
  for (const file of [...globSync(inputs, { cwd: root }).sort(), 'node_modules/.package-lock.json']) {
    hash.update(`${file}\n`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

const stamp = join(build, 'fingerprint')
const { values: options } = parseArgs({ options: { 'if-changed': { type: 'boolean' }, check: { type: 'boolean' } } })
if (options['if-changed'] && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint()) process.exit()

rmSync(build, { recursive: true, force: true })
const compiler = join(packages, 'typescript', 'bin', 'tsc')
execFileSync(process.execPath, [compiler, '--project', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
// Without a "type" here, ncc packs CommonJS, which Node loads slightly faster than ES modules.
writeFileSync(join(build, 'package.json'), '{}\n')
copyLibraries()
checkWhoRequires(await packAll())
// undici bundles a compiled llhttp without its license.
const llhttp = readFileSync(join(root, 'scripts', 'licenses', 'llhttp.txt'), 'utf8')
appendFileSync(join(build, 'dist', 'licenses.txt'), `\n${llhttp}`)
writeFileSync(join(build, 'dist', 'package.json'), '{ "type": "commonjs" }\n')
moveIntoPlace()
writeFileSync(stamp, fingerprint())

if (options.check) {
  const git = ['ls-files', '--modified', '--others', '--', 'dist']
  const changed = execFileSync('git', git, { cwd: root, encoding: 'utf8' }).trim()
  if (changed)
    throw new Error(`dist/ was out of date and has been rebuilt. Add these files to your commit:\n${changed}`)
}
