// Bundles the action into dist/: compiles with TypeScript, then packs with ncc. The same sources give the same bytes
// wherever they are built.
//
//     dist/main.js post.js sweep.js   the entries
//     dist/index.js                   what they have in common: all that main and post need
//     dist/proxy*.js sweep-keys*.js   what a proxy and the sweep need besides, and the libraries of each
//
// With --if-changed (`npm test`) it builds only where the sources, the libraries or dist/ differ from what was built last;
// with --check (`npm run check`) it fails where dist/ then differs from what Git has.

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
const packages = join(root, 'node_modules')
/** Where ncc finds libraries before it looks into node_modules. */
const copies = join(build, 'node_modules')
const ENTRIES = ['main', 'post', 'sweep']
const SHARED = { './index.js': './index.js' }
/** The same on every system. */
const slashes = (path: string): string => path.replaceAll('\\', '/')

/** Copies the libraries, with a stub in place of each module that is left out; all others stay as published. */
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
  // Its one export needs OIDC and an HTTP client, which are packed unless this says that nobody would miss them.
  const core = join(copies, '@actions', 'core', 'package.json')
  writeFileSync(core, JSON.stringify({ ...JSON.parse(readFileSync(core, 'utf8')), sideEffects: false }))
}

/** The package of a module in node_modules. */
const packageOf = (module: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? ''

/** What ncc tells of webpack's work, as far as it is used here. */
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
  /** As a `webpackChunkName` comment in the sources has it; `null` for what several modules share. */
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

/** Packs one compiled module, with a source map beside each file. */
function pack(name: string, options: object): Promise<Packed> {
  // It is CommonJS, and loading it takes a while.
  const ncc = createRequire(import.meta.url)('@vercel/ncc')
  return ncc(join(build, 'js', `${name}.js`), { cache: false, quiet: true, sourceMapRegister: false, ...options })
}

/** Packs what the entries have in common, and what is loaded only where it is needed, into build/dist/. */
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

/** A chunk's own name, or of what it holds the libraries. */
function nameOf({ name, groupsIterable }: Chunk): string {
  return name ?? `${[...groupsIterable].map((group) => group.name).join('-')}-libraries`
}

/** Who requires a module in dist/; one that the bundler leaves out does not count. */
function whoRequires(stub: string, { modules, moduleGraph, chunkGraph }: Compilation): string[] {
  const resourceOf = (module: Module | null): string => module?.resource ?? ''
  const [module] = [...modules].filter((each) => resourceOf(each) === stub)
  const names = [...(module ? moduleGraph.getIncomingConnections(module) : [])]
    .filter(({ originModule }) => originModule && chunkGraph.getNumberOfModuleChunks(originModule) > 0)
    .map(({ resolvedOriginModule }) => resourceOf(resolvedOriginModule))
    .filter((file) => file !== stub)
  return [...new Set(names)].map((file) => slashes(relative(file.startsWith(copies) ? copies : packages, file)))
}

/** @throws {Error} unless the modules that are left out are required by those alone that scripts/left-out.ts names */
function checkWhoRequires(packed: Compilation): void {
  for (const [module, { requiredBy, why }] of Object.entries(LEFT_OUT)) {
    const found = whoRequires(join(copies, module), packed)
    const [gone] = requiredBy.filter((name) => !found.includes(name))
    if (gone) throw new Error(`${gone} no longer requires ${module}. Remove that from scripts/left-out.ts.`)
    const [added] = found.filter((name) => !requiredBy.includes(name))
    if (added) {
      throw new Error(
        `${added} requires ${module}, which dist/ leaves out because ${why}. Where that holds for it, too, name it in scripts/left-out.ts; where it does not, remove the module from there.`,
      )
    }
  }
}

/** Replaces dist/ file by file, each at once, since tests may be running it. */
function moveIntoPlace(): void {
  const files = readdirSync(join(build, 'dist')).filter((file) => !file.endsWith('.map'))
  mkdirSync(dist, { recursive: true })
  for (const file of files) renameSync(join(build, 'dist', file), join(dist, file))
  for (const file of readdirSync(dist)) if (!files.includes(file)) rmSync(join(dist, file))
}

/** One hash of all that dist/ is made of, and of dist/ itself. */
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
// Without a "type" here, ncc packs CommonJS, which Node starts a little faster than ES modules.
writeFileSync(join(build, 'package.json'), '{}\n')
copyLibraries()
checkWhoRequires(await packAll())
// undici carries the HTTP parser of Node, compiled, without its license.
const llhttp = readFileSync(join(root, 'scripts', 'licenses', 'llhttp.txt'), 'utf8')
appendFileSync(join(build, 'dist', 'licenses.txt'), `\n${llhttp}`)
writeFileSync(join(build, 'dist', 'package.json'), '{ "type": "commonjs" }\n')
moveIntoPlace()
writeFileSync(stamp, fingerprint())

if (options.check) {
  const git = ['ls-files', '--modified', '--others', '--', 'dist']
  const changed = execFileSync('git', git, { cwd: root, encoding: 'utf8' }).trim()
  if (changed)
    throw new Error(`dist/ is not what the sources make. Now it is; add these files to your commit:\n${changed}`)
}
