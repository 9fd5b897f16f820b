// The command-line tools: help and one-line errors.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../simulator/fixtures.ts'
import { FAILURES } from '../simulator/neon/fault-check.ts'
import { scenario } from './support/scenario.ts'

const setup = scenario()
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts

/** The npm scripts that run a single script with the shared flag parser. */
const commands = Object.entries(scripts)
  .map(([name, line]) => ({ name, file: /^node ([\w/-]+\.ts)$/.exec(line)?.[1] ?? '' }))
  .filter(({ file }) => file !== '' && read(file).includes('readCommand('))

function run(file: string, ...flags: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...flags], { cwd: ROOT, encoding: 'utf8' })
  return { status, stdout, lines: stderr.trimEnd().split('\n') }
}

test('the documented commands use the shared flag parser', () => {
  const names = [
    'demo',
    'simulator',
    'campaign',
    'bench',
    'bench:load',
    'bench:sweep',
    'release:check',
    'rename',
    'conformance',
    'test:act',
  ]
  expect(commands.map(({ name }) => name)).toEqual(expect.arrayContaining(names))
})

test.each(commands)('$name --help', ({ name, file }) => {
  expect(run(file, '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining(`npm run ${name} --`) })
})

test('a wrong flag', () => {
  const see = "Unknown option '--wrong'. See npm run rename -- --help."
  expect(run('scripts/rename.ts', '--wrong')).toMatchObject({ status: 2, stdout: '', lines: [see] })
})

test('a flag with an invalid number', () => {
  const [message] = run('simulator/cli.ts', '--port', 'http').lines
  expect(message).toMatch(/^--port is 'http'; it takes a whole number/)
})

test('a port in use', () => {
  const { port } = new URL(setup.host)
  const { status, lines } = run('simulator/cli.ts', '--port', port)
  expect({ status, lines }).toEqual({ status: 1, lines: [expect.stringMatching(/EADDRINUSE.*Choose another port/)] })
})

describe('faults sent over HTTP', () => {
  const send = async (fault: unknown) => {
    const response = await fetch(new URL('/_simulator/faults', setup.host), {
      method: 'POST',
      body: JSON.stringify(fault),
    })
    return { status: response.status, ...((await response.json()) as object) }
  }

  test('simulator/README.md lists each kind with its fields', () => {
    for (const [kind, fields] of Object.entries(FAILURES)) {
      const row = new RegExp(`^\\| \`${kind}\` \\|.*`, 'm').exec(read('simulator/README.md'))?.[0]
      for (const name of Object.keys(fields)) expect(row).toContain(`\`${name.replace('?', '')}\``)
    }
  })

  test('the example of the README', async () => {
    const [, fault = ''] = /-d '(.*)'/.exec(read('simulator/README.md')) ?? []
    expect(await send(JSON.parse(fault))).toEqual({ status: 200, armed: true })
  })

  test.each([
    [[], 'a fault is an object'],
    [{}, 'a fault takes failure, an object'],
    [{ failure: { kind: 'rest' } }, "kind is 'rest'; it can be refuse"],
    [{ failure: { kind: 'reset' } }, 'a failure of kind reset takes applied, a boolean'],
    [{ operation: 'creteApiKey', failure: { kind: 'truncate' } }, "operation is 'creteApiKey'"],
    [{ time: 2, failure: { kind: 'truncate' } }, 'a fault has no time; it has operation, after, times, failure'],
  ])('unknown: %j', async (fault, message) => {
    expect(await send(fault)).toMatchObject({ status: 400, message: expect.stringContaining(message) })
  })
})
