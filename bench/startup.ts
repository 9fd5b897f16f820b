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

const CURL = `set -eu
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
      alone('sweep', (job) =>
        job.uses(SWEEP, {
          with: { api_key: servers.adminKey, api_host: servers.neonHost, github_token: servers.githubToken },
          env: { ...usage, GITHUB_API_URL: servers.githubHost },
        }),
      ),
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

const median = (numbers: number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN

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

const times = new Map(NAMES.map((name) => [name, median(wall.get(name) ?? [])]))
const bare = times.get('bare node') ?? Number.NaN
const bareMemory = median(usage.get('bare node')?.memory ?? [])
const code = readdirSync(join(ROOT, 'dist')).filter((name) => name.endsWith('.js'))
const kilobytes = (names: string[]): number =>
  Math.round(names.map((name) => statSync(join(ROOT, 'dist', name)).size).reduce((sum, size) => sum + size) / 1000)

const lines = [
  '| process | wall (ms) | ÷ bare node | CPU (ms) | peak memory (MiB) | ÷ bare node |',
  '|---|---|---|---|---|---|',
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
    ]
    return `| ${cells.join(' | ')} |`
  }),
]
const text = `${lines.join('\n')}

All of \`dist/\` is ${kilobytes(code)} kB (licences aside), of which main and post load ${kilobytes(['main.js', 'index.js'])} kB.
`
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
Neon itself is spoken to over TLS, so those rows are nearer to life; loading Node's TLS alone is a good part of them.

## Where the time goes

Of the instructions that main executes (\`perf stat -e instructions:u\`, without TLS), a third is bare Node. Loading Node's
own modules is a sixth, and of that \`node:crypto\` alone, which names, request IDs and TLS take, is half. Compiling the
bundle is a fifth, and evaluating it, connecting, undici's parser in WebAssembly, and the request are the rest.

What helped, the most first: leaving out of the bundle what never runs (OIDC in \`@actions/core\`, HTTP/2, fetch and the
experimental parser of undici); ending the process with the last line of the log instead of taking Node down in order;
loading what speaks to proxies only where a variable names one; a stand-in for \`node:assert\` and the two values that undici
wants of \`node:http\`; CommonJS rather than ES modules; no \`performance\` and no \`fs.promises\` in the way. All of it is in
[the build](../scripts/build.ts) or a line in the sources.

What did not: minifying, or leaving out comments (V8's time goes by tokens, not bytes; so \`dist/\` stays readable), pure ASCII.
What was left alone: Node's compile cache, since a later step could write there what the post step runs.
`,
  )
}

/** Bars of wall time, bare node's part of each in another shade. */
function plot(): string {
  const width = 720
  const longest = Math.max(...times.values())
  const scale = (milliseconds: number): number => Math.round((milliseconds / longest) * (width - 320))
  const rows = NAMES.map((name, index) => {
    const time = times.get(name) ?? 0
    const y = 16 + index * 34
    return [
      `<text x="180" y="${y + 17}" text-anchor="end">${name}</text>`,
      `<rect x="190" y="${y}" width="${scale(time)}" height="24" fill="#00a37a"/>`,
      name.startsWith('curl') ? '' : `<rect x="190" y="${y}" width="${scale(bare)}" height="24" fill="#b7c9c3"/>`,
      `<text x="${198 + scale(time)}" y="${y + 17}">${time.toFixed(0)} ms, ${(time / bare).toFixed(2)} ×</text>`,
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
