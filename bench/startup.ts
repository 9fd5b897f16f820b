// `npm run bench`: the wall time, CPU time and peak memory of main, post and sweep as whole processes with real requests
// to a simulator in another process, next to bare `node` and to what a user would write instead. All interleaved, medians,
// and above all ratios: times are of the machine, ratios are of the code.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Job, type StepResult } from '../simulator/runner/job.ts'
import type { Servers } from './servers.ts'

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

type Name = 'bare node' | 'main' | 'post' | 'sweep' | 'curl and jq'
const NAMES: Name[] = ['bare node', 'main', 'post', 'sweep', 'curl and jq']

const CURL = `set -eu
curl --silent --fail --request POST --header "Authorization: Bearer $KEY" --header 'Content-Type: application/json' \\
  --data "{\\"key_name\\":\\"by-hand-$RANDOM$RANDOM\\"}" "$HOST/api_keys" | jq --raw-output .key > "$RUNNER_TEMP/key"`

/** One round: every process once. */
async function round(measured: boolean): Promise<Record<Name, StepResult>> {
  const job = new Job()
  const env: Record<string, string> = measured ? { NODE_OPTIONS: `--import=${USAGE}` } : {}
  const shared = { api_key: servers.adminKey, api_host: servers.neonHost }
  try {
    const empty = join(job.folder, 'empty.mjs')
    writeFileSync(empty, '')
    const bare = await job.run('bare node', process.execPath, [empty], { env })
    const main = await job.uses(ACTION, { with: shared, env })
    const [post] = await job.end()
    const sweep = await job.uses(SWEEP, {
      with: { ...shared, github_token: servers.githubToken },
      env: { ...env, GITHUB_API_URL: servers.githubHost },
    })
    const curl = await job.run('curl', 'bash', ['-c', CURL], { env: { KEY: servers.adminKey, HOST: servers.neonHost } })
    return { 'bare node': bare, main, post: post as StepResult, sweep, 'curl and jq': curl }
  } finally {
    job.dispose()
  }
}

const median = (numbers: number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN

const wall = new Map<Name, number[]>(NAMES.map((name) => [name, []]))
const usage = new Map<Name, { cpu: number[]; memory: number[] }>(NAMES.map((name) => [name, { cpu: [], memory: [] }]))
await round(false)
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

const times = new Map(NAMES.map((name) => [name, median(wall.get(name) ?? [])]))
const bare = times.get('bare node') ?? Number.NaN
const bareMemory = median(usage.get('bare node')?.memory ?? [])
const kilobytes = (entry: string): number => Math.round(statSync(join(ROOT, 'dist', entry, 'index.js')).size / 1000)
const BUNDLES: Partial<Record<Name, number>> = {
  main: kilobytes('main'),
  post: kilobytes('post'),
  sweep: kilobytes('sweep'),
}

const lines = [
  '| process | wall (ms) | ÷ bare node | CPU (ms) | peak memory (MiB) | ÷ bare node | bundle (kB) |',
  '|---|---|---|---|---|---|---|',
  ...NAMES.map((name) => {
    const time = times.get(name) ?? Number.NaN
    const { cpu, memory } = usage.get(name) ?? { cpu: [], memory: [] }
    const known = memory.length > 0
    const cells = [
      name,
      time.toFixed(0),
      (time / bare).toFixed(2),
      known ? median(cpu).toFixed(0) : '–',
      known ? median(memory).toFixed(0) : '–',
      known ? (median(memory) / bareMemory).toFixed(2) : '–',
      BUNDLES[name] ?? '–',
    ]
    return `| ${cells.join(' | ')} |`
  }),
]
const text = `${lines.join('\n')}\n`
console.log(text)
if (values.write) {
  writeFileSync(join(ROOT, 'docs', 'performance.svg'), plot())
  writeFileSync(
    join(ROOT, 'docs', 'performance.md'),
    `# Performance

Generated by \`npm run bench -- --write\` on ${process.arch}, Node ${process.version}: medians of ${RUNS} interleaved runs of whole
processes. Main and post each send their one request, the sweep lists an account, to a simulator in another process.
Compare the ratios, not the times.

![wall time by process](performance.svg)

${text}
'curl and jq' is what a user would write by hand instead of main: a key created, with no masking, no retry, no revocation.
`,
  )
}

/** Bars of wall time, bare node's part of each in another shade. */
function plot(): string {
  const width = 640
  const longest = Math.max(...times.values())
  const scale = (milliseconds: number): number => Math.round((milliseconds / longest) * (width - 220))
  const rows = NAMES.map((name, index) => {
    const time = times.get(name) ?? 0
    const y = 16 + index * 34
    return [
      `<text x="110" y="${y + 17}" text-anchor="end">${name}</text>`,
      `<rect x="120" y="${y}" width="${scale(time)}" height="24" fill="#00a37a"/>`,
      name === 'curl and jq' ? '' : `<rect x="120" y="${y}" width="${scale(bare)}" height="24" fill="#b7c9c3"/>`,
      `<text x="${128 + scale(time)}" y="${y + 17}">${time.toFixed(0)} ms, ${(time / bare).toFixed(2)} ×</text>`,
    ].join('')
  })
  const height = 24 + NAMES.length * 34
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="14">
<title>Wall time by process</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${rows.join('\n')}
</svg>
`
}
