// Bundles the action into dist/: compiles with TypeScript, then packs with webpack. The same sources give the same bytes
// wherever they are built.
//
//     dist/main.js post.js sweep.js   the entries
//     dist/index.js                   what they have in common: all that main and post need
//     dist/proxy.js sweep-keys.js     what a proxy and the sweep need besides
//
// With --if-changed (`npm test`) it builds only where the sources, the libraries or dist/ differ from what was built last;
// with --check (`npm run check`) it fails where dist/ then differs from what Git has.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import type webpack from 'webpack'
import { LEFT_OUT } from './left-out.ts'

const root = join(import.meta.dirname, '..')
const build = join(root, 'build')
const dist = join(root, 'dist')
const packages = join(root, 'node_modules')
/** The same on every system. */
const slashes = (path: string): string => path.replaceAll('\\', '/')

/** Writes what stands in place of a module that is left out: anything can be imported from it, and nothing be called. */
function writeStub(module: string): string {
  if (!existsSync(join(packages, module))) {
    throw new Error(
      `${module}, which scripts/left-out.ts leaves out, does not exist. Correct its path there, or remove it.`,
    )
  }
  const { why, instead } = LEFT_OUT[module] ?? {}
  const refusal = [
    `const refuse = () => { throw new Error("${module} is left out of dist/: ${why}") }`,
    'const anything = new Proxy(class {}, { get: () => anything, apply: refuse, construct: refuse })',
    'module.exports = anything',
  ]
  const stub = join(build, 'left-out', module.replace(/js$/, 'cjs'))
  mkdirSync(dirname(stub), { recursive: true })
  writeFileSync(stub, `${instead ?? refusal.join('\n')}\n`)
  return stub
}

/** Packs the compiled sources into build/dist/, with a source map beside each file. */
async function pack(stubs: ReadonlyMap<string, string>): Promise<webpack.Compilation> {
  // Takes a while to load; not needed where nothing has changed.
  const { default: webpack } = await import('webpack')
  const compiled = (name: string): string => join(build, 'js', `${name}.js`)
  const entry = (name: string) => ({ import: compiled(name), dependOn: 'index' })
  const compiler = webpack({
    context: root,
    target: 'node24',
    mode: 'none',
    entry: { index: compiled('index'), main: entry('main'), post: entry('post'), sweep: entry('sweep') },
    output: {
      path: join(build, 'dist'),
      chunkFilename: '[name].js',
      devtoolModuleFilenameTemplate: ({ resourcePath }: { resourcePath: string }) => slashes(resourcePath),
    },
    devtool: 'hidden-source-map',
    node: false,
    resolve: { alias: Object.fromEntries([...stubs].map(([module, stub]) => [join(packages, module), stub])) },
    // Its one export needs OIDC and an HTTP client, which are packed unless this says that nobody would miss them.
    module: { rules: [{ descriptionData: { name: '@actions/core' }, sideEffects: false }] },
    optimization: {
      moduleIds: 'named',
      chunkIds: 'named',
      providedExports: true,
      usedExports: true,
      sideEffects: true,
      innerGraph: true,
      concatenateModules: true,
      splitChunks: false,
    },
  })
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      const problems = stats ? [...stats.compilation.errors, ...stats.compilation.warnings] : []
      if (error || !stats) reject(error)
      else if (problems.length > 0) reject(new Error(problems.map(({ message }) => message).join('\n')))
      else resolve(stats.compilation)
    })
  })
}

/** Who requires a module in dist/; one that the bundler leaves out does not count. */
function whoRequires(stub: string, { modules, moduleGraph, chunkGraph }: webpack.Compilation): string[] {
  const resourceOf = (module: object | null): string => (module as webpack.NormalModule | null)?.resource ?? ''
  const [module] = [...modules].filter((each) => resourceOf(each) === stub)
  const names = [...(module ? moduleGraph.getIncomingConnections(module) : [])]
    .filter(({ originModule }) => originModule && chunkGraph.getNumberOfModuleChunks(originModule) > 0)
    .map(({ resolvedOriginModule }) => resourceOf(resolvedOriginModule))
    .filter((file) => file !== stub)
  return [...new Set(names)].map((file) => slashes(relative(packages, file)))
}

/** @throws {Error} unless the modules that are left out are required by those alone that scripts/left-out.ts names */
function checkWhoRequires(stubs: ReadonlyMap<string, string>, packed: webpack.Compilation): void {
  for (const [module, stub] of stubs) {
    const { requiredBy = [], why } = LEFT_OUT[module] ?? {}
    const found = whoRequires(stub, packed)
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

/** The licenses of all packages that the source maps in build/dist/ name. */
function licenses(): string {
  const sources = globSync('dist/*.map', { cwd: build }).flatMap(
    (file): string[] => JSON.parse(readFileSync(join(build, file), 'utf8')).sources,
  )
  const folders = sources.flatMap(
    (source) => /^\.\/node_modules\/(?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(source) ?? [],
  )
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    const [file] = globSync('LICENSE*', { cwd: join(root, folder) })
    if (file === undefined) throw new Error(`${name} has no file with its license.`)
    return `${name}\n${license}\n${readFileSync(join(root, folder, file), 'utf8')}\n`
  })
  // undici carries the HTTP parser of Node, compiled, without its license.
  return [...texts, readFileSync(join(root, 'scripts', 'licenses', 'llhttp.txt'), 'utf8')].join('\n')
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
const stubs = new Map(Object.keys(LEFT_OUT).map((module) => [module, writeStub(module)]))
checkWhoRequires(stubs, await pack(stubs))
writeFileSync(join(build, 'dist', 'licenses.txt'), licenses())
writeFileSync(join(build, 'dist', 'package.json'), '{ "type": "commonjs" }\n')
moveIntoPlace()
writeFileSync(stamp, fingerprint())

if (options.check) {
  const git = ['ls-files', '--modified', '--others', '--', 'dist']
  const changed = execFileSync('git', git, { cwd: root, encoding: 'utf8' }).trim()
  if (changed)
    throw new Error(`dist/ is not what the sources make. Now it is; add these files to your commit:\n${changed}`)
}
