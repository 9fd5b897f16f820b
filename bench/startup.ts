// `npm run bench`: the wall time, CPU time and peak memory of main, post and sweep as whole processes with real requests
// to a simulator in another process, next to bare `node` and to what a user would write instead. All interleaved, medians,
// and above all ratios: times are of the machine, ratios are of the code. Over TLS as well, as with Neon itself: there a
// part of the time is Node's TLS and nobody's choice, as `node:tls` alone shows.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Job, type StepResult } from '../simulator/runner/job.ts'
import type { Servers } from './servers.ts'
import { page, plot, quartiles, table } from './startup-report.ts'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '40' }, write: { type: 'boolean', default: false } },
})
const RUNS = Number(values.runs)
const ROOT = join(import.meta.dirname, '..')
const ACTION = join(ROOT, 'action.yml')
const SWEEP = join(ROOT, 'sweep', 'action.yml')

/** Tells a process's CPU time (µs) and peak memory (KiB) as it ends. */
const USAGE = `data:text/javascript,${encodeURIComponent("process.on('exit',()=>{const u=process.resourceUsage();console.error(u.userCPUTime+u.systemCPUTime,u.maxRSS)})")}`

const child = fork(join(import.meta.dirname, 'servers.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
const [servers] = (await once(child, 'message')) as [Servers]

type Name =
  | 'bare node'
  | 'main'
  | 'post'
  | 'sweep'
  | 'curl and jq'
  | 'node that loads node:tls'
  | 'main over TLS'
  | 'post over TLS'
  | 'curl and jq over TLS'
const NAMES: Name[] = [
  'bare node',
  'main',
  'post',
  'sweep',
  'curl and jq',
  'node that loads node:tls',
  'main over TLS',
  'post over TLS',
  'curl and jq over TLS',
]

const CURL = `set -euo pipefail
curl --silent --fail --request POST --header "Authorization: Bearer $KEY" --header 'Content-Type: application/json' \\
  --data "{\\"key_name\\":\\"by-hand-$RANDOM$RANDOM\\"}" "$HOST/api_keys" | jq --raw-output .key > "$RUNNER_TEMP/key"`

const folder = mkdtempSync(join(tmpdir(), 'bench-'))
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const EMPTY = file('empty.js', '')
const LOADS_TLS = file('tls.js', "require('node:tls')\n")
const CERTIFICATE = file('certificate.pem', servers.certificate)

/** One round: every process once, in any order, since each is a little slower after some than after others. */
async function round(measured: boolean): Promise<Record<Name, StepResult>> {
  const usage: Record<string, string> = measured ? { NODE_OPTIONS: `--import=${USAGE}` } : {}
  const results: Partial<Record<Name, StepResult>> = {}
  const life = async (suffix: '' | ' over TLS', apiHost: string, env: Record<string, string>): Promise<void> => {
    const job = new Job()
    results[`main${suffix}`] = await job.uses(ACTION, { with: { api_key: servers.adminKey, api_host: apiHost }, env })
    results[`post${suffix}`] = (await job.end())[0] as StepResult
    job.dispose()
  }
  const alone = async (name: Name, run: (job: Job) => Promise<StepResult>): Promise<void> => {
    const job = new Job()
    results[name] = await run(job)
    job.dispose()
  }
  const curl = (job: Job, host: string): Promise<StepResult> =>
    job.run('curl', 'bash', ['-c', CURL], { env: { KEY: servers.adminKey, HOST: host, CURL_CA_BUNDLE: CERTIFICATE } })
  const units = [
    () => life('', servers.neonHost, usage),
    () => life(' over TLS', servers.neonTlsHost, { ...usage, NODE_EXTRA_CA_CERTS: CERTIFICATE }),
    () => alone('bare node', (job) => job.run('bare node', process.execPath, [EMPTY], { env: usage })),
    () => alone('node that loads node:tls', (job) => job.run('tls', process.execPath, [LOADS_TLS], { env: usage })),
    () =>
      alone('sweep', (job) => {
        job.github.GITHUB_API_URL = servers.githubHost
        return job.uses(SWEEP, {
          with: { api_key: servers.adminKey, api_host: servers.neonHost, github_token: servers.githubToken },
          env: usage,
        })
      }),
    () => alone('curl and jq', (job) => curl(job, servers.neonHost)),
    () => alone('curl and jq over TLS', (job) => curl(job, servers.neonTlsHost)),
  ]
  for (const run of shuffle(units)) await run()
  return results as Record<Name, StepResult>
}

function shuffle<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

const median = (numbers: readonly number[]): number => quartiles(numbers).median

const wall = new Map<Name, number[]>(NAMES.map((name) => [name, []]))
const usage = new Map<Name, { cpu: number[]; memory: number[] }>(NAMES.map((name) => [name, { cpu: [], memory: [] }]))
// The simulator, too, has to warm up.
for (let index = 0; index < 5; index += 1) await round(false)
for (let index = 0; index < RUNS; index += 1) {
  const results = await round(false)
  for (const name of NAMES) {
    if (results[name].exitCode !== 0) throw new Error(`${name} failed: ${results[name].stdout}${results[name].stderr}`)
    wall.get(name)?.push(results[name].milliseconds)
  }
}
for (let index = 0; index < 7; index += 1) {
  const results = await round(true)
  for (const name of NAMES) {
    const [cpu, memory] = results[name].stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? []
    if (cpu && memory) {
      usage.get(name)?.cpu.push(cpu / 1000)
      usage.get(name)?.memory.push(memory / 1024)
    }
  }
}
child.disconnect()
rmSync(folder, { recursive: true })

const measurements = NAMES.map((name) => {
  const { cpu, memory } = usage.get(name) ?? { cpu: [], memory: [] }
  const known = memory.length > 0
  const walls = wall.get(name) ?? []
  return {
    name,
    wall: median(walls),
    ratio: quartiles(walls.map((milliseconds, round) => milliseconds / (wall.get('bare node')?.[round] ?? Number.NaN))),
    cpu: known ? median(cpu) : undefined,
    memory: known ? median(memory) : undefined,
  }
})
const code = readdirSync(join(ROOT, 'dist')).filter((name) => name.endsWith('.js'))
const kilobytes = (names: string[]): number =>
  Math.round(names.map((name) => statSync(join(ROOT, 'dist', name)).size).reduce((sum, size) => sum + size) / 1000)
const summary = `${table(measurements)}
All of \`dist/\` is ${kilobytes(code)} kB (licences aside), of which main and post load ${kilobytes(['main.js', 'index.js'])} kB.
`
console.log(summary)
if (values.write) {
  writeFileSync(join(ROOT, 'docs', 'performance.svg'), plot(measurements))
  writeFileSync(join(ROOT, 'docs', 'performance.md'), page(summary, RUNS))
}
