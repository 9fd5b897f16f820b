// Performance independent of the machine: what dist/ contains, and what main and post load. They run in every job of
// every user, so a heavy import that sneaks in has to be noticed. (How many requests they make: life.test.ts.)

import { globSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { LEFT_OUT } from '../scripts/left-out.ts'
import { scenario } from './support/scenario.ts'

const ROOT = join(import.meta.dirname, '..')
const DIST = realpathSync(join(ROOT, 'dist'))
const CODE = readdirSync(DIST).filter((file) => file.endsWith('.js'))
const read = (file: string): string => readFileSync(join(DIST, file), 'utf8')
const size = (file: string): number => statSync(join(DIST, file)).size

/** When the process ends, reports which files it has loaded. */
const TELL_FILES = `--import=data:text/javascript,${encodeURIComponent(
  "import{createRequire}from'node:module';process.on('exit',()=>console.error(JSON.stringify(Object.keys(createRequire(import.meta.filename??process.argv[1]).cache))))",
)}`

const setup = scenario()

/** The original text of every module in dist/, by path, from the build's source maps. */
const MODULES = new Map(
  globSync('build/dist/*.map', { cwd: ROOT }).flatMap((file): [string, string][] => {
    const { sources, sourcesContent } = JSON.parse(readFileSync(join(ROOT, file), 'utf8'))
    const paths = sources.map((source: string) => source.replace(/^(?:\.+\/)+(?:build\/)?/, ''))
    return paths.map((path: string, index: number) => [path, sourcesContent[index]])
  }),
)

test('every module of a library is the published file, or is listed as left out', () => {
  const libraries = [...MODULES].filter(([path]) => path.startsWith('node_modules/'))
  expect(libraries.length).toBeGreaterThan(50)
  const changed = libraries
    .filter(([path, text]) => text !== readFileSync(join(ROOT, path), 'utf8'))
    .map(([path]) => path.slice('node_modules/'.length))
  expect(changed.sort()).toEqual(Object.keys(LEFT_OUT).sort())
})

test('an omitted module throws an error if it is called', () => {
  const stub = createRequire(import.meta.url)(join(ROOT, 'build/node_modules/undici/lib/dispatcher/client-h2.js'))
  expect(() => stub.connect()).toThrow(
    'undici/lib/dispatcher/client-h2.js is left out of dist/: HTTP/2 is switched off',
  )
})

test('dist/ is at most 800 kB, of which main and post load at most 510 kB', () => {
  expect(CODE.map(size).reduce((sum, bytes) => sum + bytes)).toBeLessThan(800_000)
  expect(size('index.js')).toBeLessThan(510_000)
})

test('main and post load their entry and the bundle, and nothing for the sweep or for a proxy', async () => {
  const job = setup.job({ NODE_OPTIONS: TELL_FILES })
  const main = await setup.main(job)
  const [post] = await job.end()
  const loaded = (stderr = ''): string[] =>
    (JSON.parse(stderr) as string[]).map((file) => file.slice(DIST.length + 1)).sort()
  expect(loaded(main.stderr)).toEqual(['index.js', 'main.js'])
  expect(loaded(post?.stderr)).toEqual(['index.js', 'post.js'])
})

test('a processor without SIMD', async () => {
  const { main, post } = await setup.life({}, { env: { UNDICI_NO_WASM_SIMD: '1' } })
  expect([main.exitCode, post.exitCode]).toEqual([0, 0])
  expect(setup.neon.createdKeys()).toEqual([])
})

test.each([
  ['getOctokit', 'dist/sweep-keys-libraries.js'],
  ['class ProxyAgent', 'dist/proxy-libraries.js'],
  ['class OidcClient', 'node_modules/@actions/core/lib/oidc-utils.js'],
  ['toolrunner', 'node_modules/@actions/exec/lib/exec.js'],
  ['MockAgent', 'node_modules/undici/lib/mock/mock-agent.js'],
  ['class FormData', 'node_modules/undici/lib/web/fetch/formdata.js'],
])('main and post do not load code that they never run: %s of %s', (code, file) => {
  expect(readFileSync(join(ROOT, file), 'utf8').includes(code)).toBe(true)
  expect(read('index.js').includes(code)).toBe(false)
})

test('main and post load only these modules of Node', () => {
  const names = [...read('index.js').matchAll(/\brequire\("(?:node:)?([a-z_/0-9]+)"\)/g)].map(([, name = '']) => name)
  expect([...new Set(names)].sort()).toMatchSnapshot()
})

test('dist/ contains one copy of undici', () => {
  const all = CODE.map(read).join('')
  for (const once of ['class EnvHttpProxyAgent ', 'class Client ', 'class Agent ']) {
    expect(all.split(once)).toHaveLength(2)
  }
})

test('licenses.txt has the license of every library in dist/', () => {
  const names = read('licenses.txt').match(/^@?[a-z][\w/-]*$/gm)
  expect(names).toMatchSnapshot()
})
