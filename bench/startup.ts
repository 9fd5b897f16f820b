// `npm run bench`: the wall time, CPU time and peak memory of main, post and sweep as whole processes with real
// requests to a simulator in another process, compared with bare `node` and with what a user would write instead. Runs
// are interleaved. Reports medians and ratios: times depend on the machine, ratios mostly on the code. Also over TLS,
// as with Neon itself: `node:tls` alone shows how much of that time is Node's TLS.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onInterrupt, readCommand } from '../scripts/command.ts'
import { table, writeGenerated } from '../scripts/markdown.ts'
import { ACTION, ROOT, SWEEP } from '../simulator/fixtures.ts'
import { Job, type StepResult } from '../simulator/runner/job.ts'
import { median, quantile } from './quantile.ts'
import type { Servers } from './servers.ts'
import { USAGE, usageOf } from './usage.ts'

const given = readCommand({
  usage: 'npm run bench --',
  does: 'Times main, post and the sweep as whole processes. docs/performance.md explains it.',
  flags: {
    runs: { value: 'NUMBER', default: '40', whole: 1, help: 'rounds of all processes' },
    write: { help: 'into docs/performance.md' },
  },
})
const WARM_UP_ROUNDS = 5
const USAGE_ROUNDS = 7

const child = fork(join(import.meta.dirname, 'servers.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
const [servers] = (await once(child, 'message')) as [Servers]

const folder = mkdtempSync(join(tmpdir(), 'bench-'))
onInterrupt(() => rmSync(folder, { recursive: true }))
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const EMPTY = file('empty.js', '')
const LOADS_TLS = file('tls.js', "require('node:tls')\n")
const CERTIFICATE = file('certificate.pem', servers.certificate)
const CURL = `set -euo pipefail
curl --silent --fail --request POST --header "Authorization: Bearer $KEY" --header 'Content-Type: application/json' \\
  --data "{\\"key_name\\":\\"by-hand-$RANDOM$RANDOM\\"}" "$HOST/api_keys" | jq --raw-output .key > "$RUNNER_TEMP/key"`

/** Runs processes in their own job. */
type Unit = (job: Job, env: Record<string, string>) => Promise<Record<string, StepResult>>

const node = (name: string, script: string): Unit => {
  return async (job, env) => ({ [name]: await job.run(name, process.execPath, [script], { env }) })
}
const life = (suffix: string, api_host: string, trust: Record<string, string> = {}): Unit => {
  return async (job, env) => {
    const inputs = { api_key: servers.adminKey, scope: 'personal', api_host }
    const main = await job.uses(ACTION, { with: inputs, env: { ...env, ...trust } })
    const [post] = await job.end()
    return { [`main${suffix}`]: main, [`post${suffix}`]: post as StepResult }
  }
}
const sweep: Unit = async (job, env) => {
  const { adminKey, neonHost, githubToken } = servers
  const inputs = { api_key: adminKey, scope: 'personal', api_host: neonHost, github_token: githubToken }
  job.github.GITHUB_API_URL = servers.githubHost
  return { sweep: await job.uses(SWEEP, { with: inputs, env }) }
}
const curl = (suffix: string, host: string): Unit => {
  const env = { KEY: servers.adminKey, HOST: host, CURL_CA_BUNDLE: CERTIFICATE }
  return async (job) => ({ [`curl and jq${suffix}`]: await job.run('curl', 'bash', ['-c', CURL], { env }) })
}
const UNITS = [
  node('bare node', EMPTY),
  life('', servers.neonHost),
  sweep,
  curl('', servers.neonHost),
  node('node that loads node:tls', LOADS_TLS),
  life(' over TLS', servers.neonTlsHost, { NODE_EXTRA_CA_CERTS: CERTIFICATE }),
  curl(' over TLS', servers.neonTlsHost),
]

/** Runs every process once, in random order, since the previous process affects each one's time. */
async function round(env: Record<string, string>): Promise<Record<string, StepResult>> {
  const results: Record<string, StepResult>[] = UNITS.map(() => ({}))
  const order = UNITS.map((unit, index) => ({ unit, index, place: Math.random() }))
  for (const { unit, index } of order.sort((a, b) => a.place - b.place)) {
    const job = new Job()
    results[index] = await unit(job, env)
    job.dispose()
  }
  const all: Record<string, StepResult> = Object.assign({}, ...results)
  for (const [name, { exitCode, stdout, stderr }] of Object.entries(all)) {
    if (exitCode !== 0) throw new Error(`${name} failed: ${stdout}${stderr}`)
  }
  return all
}

async function rounds(times: number, env: Record<string, string> = {}): Promise<Record<string, StepResult>[]> {
  const results = []
  for (let index = 0; index < times; index += 1) results.push(await round(env))
  return results
}

// Also warms up the simulator.
await rounds(WARM_UP_ROUNDS)
const timed = await rounds(given.number('runs'))
const metered = await rounds(USAGE_ROUNDS, USAGE)
child.disconnect()
rmSync(folder, { recursive: true })

const BARE = 'bare node'
const all = (name: string, results: typeof timed): StepResult[] => results.map((one) => one[name] as StepResult)
const wallOf = (name: string): number[] => all(name, timed).map(({ milliseconds }) => milliseconds)
const memoryOf = (name: string): number => median(all(name, metered).map((result) => usageOf(result).memory))
const known = (number: number, digits = 0): string => (Number.isNaN(number) ? '–' : number.toFixed(digits))

const rows = Object.keys(timed[0] ?? {}).map((name) => {
  const walls = wallOf(name)
  // Per round, so that changes in the machine's speed do not affect the ratios.
  const ratios = walls.map((wall, index) => wall / (wallOf(BARE)[index] ?? Number.NaN))
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(2))
  return [
    name,
    '█'.repeat(Math.round(median(walls) / 5)),
    known(median(walls)),
    middle ?? '',
    `${low}–${high}`,
    known(median(all(name, metered).map((result) => usageOf(result).cpu))),
    known(memoryOf(name)),
    known(memoryOf(name) / memoryOf(BARE), 2),
  ]
})
const heads = ['process', '', 'wall (ms)', '÷ bare node', 'middle half', 'CPU (ms)', 'peak memory (MiB)', '÷ bare node']
const size = (names: string[]): number =>
  Math.round(names.reduce((sum, name) => sum + statSync(join(ROOT, 'dist', name)).size, 0) / 1000)
const code = readdirSync(join(ROOT, 'dist')).filter((name) => name.endsWith('.js'))
const text = `Medians of ${timed.length} interleaved runs on ${process.arch}, Node ${process.version}.

${table(heads, rows)}
All of \`dist/\` is ${size(code)} kB (licenses aside), of which main and post load ${size(['main.js', 'index.js'])} kB.
`
console.log(text)
if (given.has('write')) writeGenerated('docs/performance.md', { performance: text })
