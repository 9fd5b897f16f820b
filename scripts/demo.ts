// `npm run demo`: the whole life of a key. Runs the built dist/ as GitHub's runner would, against a simulated Neon in
// this process. With --live and a real key in NEON_API_KEY: the same against Neon itself.

import { styleText } from 'node:util'
import { ACTION, SWEEP } from '../simulator/fixtures.ts'
import { startGithub } from '../simulator/github/server.ts'
import { type NeonServer, startNeon } from '../simulator/neon/server.ts'
import { Job, type StepOptions, type StepResult } from '../simulator/runner/job.ts'
import { formatError } from '../src/base/errors.ts'
import { type HttpResponse, openHttp } from '../src/base/http.ts'
import { readProxySettings } from '../src/base/proxy-settings.ts'
import { NEON_API_HOST } from '../src/steps/inputs.ts'
import { fail, readCommand } from './command.ts'

const given = readCommand({
  usage: 'npm run demo --',
  does: 'The whole life of a key: runs the built action as GitHub would, against a simulated Neon on this machine.',
  flags: {
    live: { help: 'run against Neon itself, with the key in NEON_API_KEY; revokes the keys that it creates' },
    'org-id': { value: 'ID', help: 'create a key of this organization' },
    'project-id': { value: 'ID', help: 'create a key for this project only; with neither ID, a personal key' },
  },
})
const live = given.has('live')
const realKey = process.env.NEON_API_KEY ?? ''
if (live && realKey === '') {
  fail('--live needs a Neon API key in the environment: NEON_API_KEY=… npm run demo -- --live')
}
const server = live ? undefined : await startNeon()
const neon = server?.neon
const apiHost = server?.host ?? NEON_API_HOST
const longLivedKey = neon?.adminKey ?? realKey
const orgId = given.text('org-id') ?? neon?.organization.id
const projectId = given.text('project-id') ?? neon?.project.id
// The steps connect to Neon the way this process does.
const http = openHttp(readProxySettings(process.env))
const proxies = Object.entries(process.env).filter(([name]) => live && /^(https?|no)_proxy$/i.test(name))
const job = new Job(Object.fromEntries(proxies) as Record<string, string>)
// On Windows, each step already has its own console.
job.apart = process.platform !== 'win32'

/** Sends a request to Neon, as the action does. */
const ask = (path: string, key: string): Promise<HttpResponse> => {
  const headers = { authorization: `Bearer ${key}` }
  return http.exchange({ method: 'GET', url: new URL(`${apiHost}${path}`), headers, timeout: 15_000 })
}
const statusOf = async (path: string, key: string): Promise<number> => (await ask(path, key)).status

/** Announces the next action. */
const progress = (what: string): void => console.log(styleText('dim', `\n… ${what}`))

/** Prints a step as GitHub's log shows it (masked, commands rendered), and how long it took. */
function show(result: StepResult, comment: string): void {
  const title = `${result.exitCode === 0 ? '✓' : '✗'} ${result.name}`
  console.log(`${styleText('bold', title)}  ${styleText('dim', `${Math.round(result.milliseconds)} ms`)}`)
  console.log(styleText('dim', `  # ${comment}`))
  for (const line of result.log) {
    const [, kind, message] = /^##\[(error|warning)\](.*)$/s.exec(line) ?? []
    console.log(`  ${kind ? `${styleText(kind === 'error' ? 'red' : 'yellow', `${kind}:`)} ${message}` : line}`)
  }
}

function check(holds: boolean, claim: string): void {
  console.log(`  ${holds ? styleText('green', 'yes') : styleText('red', 'NO ')}  ${claim}`)
  if (!holds) process.exitCode = 1
}

let interrupted = false
// Ctrl-C stops main but not post, so that no key is left.
let stopMain = (): void => {}
process.on('SIGINT', () => {
  interrupted = true
  stopMain()
  process.exitCode = 130
})

/** As on the runner, post always runs, even if this script fails. */
async function endJob(): Promise<void> {
  for (const post of await job.end()) show(post, 'runs automatically when the job ends, even if a step failed')
}

/** One job, as a workflow has it. */
async function demonstrateLife(): Promise<void> {
  const ids =
    orgId || projectId
      ? { ...(orgId && { org_id: orgId }), ...(projectId && { project_id: projectId }) }
      : { scope: 'personal' }
  progress('the main step creates a key (it tries for 180 s at most)')
  const onSpawn: StepOptions['onSpawn'] = (kill) => {
    stopMain = () => kill('SIGINT')
  }
  const main = await job.uses(ACTION, { with: { api_key: longLivedKey, api_host: apiHost, ...ids }, onSpawn })
  stopMain = () => {}
  show(main, 'the action, with: { api_key: ${{ secrets.NEON_API_KEY }} }')
  const freshKey = main.outputs.api_key ?? ''
  if (interrupted || freshKey === '') {
    check(false, 'there is a fresh key')
    return
  }
  console.log(`  NEON_API_KEY=${job.masked(job.env.NEON_API_KEY ?? 'not set')}  api_key_id=${main.outputs.api_key_id}`)

  // Everything that a later step can read: its variables, and the runner's files on disk.
  progress('a later step uses the key')
  const later = await job.run('A later step', process.execPath, ['--print', 'JSON.stringify(process.env)'])
  const readable = [later.stdout, ...job.filesOnDisk().map(({ text }) => text)].join('\n')
  show({ ...later, log: [] }, 'reads all its variables and all files of the runner, and uses the key')
  const path = projectId === undefined ? '/auth' : `/projects/${projectId}`
  check(readable.includes(freshKey), 'the fresh key is there')
  check(!readable.includes(longLivedKey), 'the long-lived key is not there')
  check((await statusOf(path, freshKey)) === 200, `the fresh key is allowed: GET ${path} answers 200`)
  if (neon && projectId === neon.project.id) {
    const other = `/projects/${neon.otherProject.id}`
    check((await statusOf(other, freshKey)) !== 200, `and allowed nothing else: GET ${other} is refused`)
  }

  progress('the post step revokes it (it tries for 55 s at most)')
  await endJob()
  check((await statusOf(path, freshKey)) === 401, `the fresh key is revoked: GET ${path} answers 401`)
}

/** A job whose runner dies before its post step, and the sweep that finds its key. */
async function demonstrateSweep({ neon, host }: NeonServer): Promise<void> {
  console.log(`\n${styleText('bold', 'A second job, whose runner dies: its post step never runs')}`)
  const github = await startGithub()
  const dying = new Job({ GITHUB_RUN_ID: '19876543211' })
  const sweeping = new Job({ GITHUB_RUN_ID: '19876543299', GITHUB_JOB: 'sweep', GITHUB_API_URL: github.host })
  try {
    const inputs = { api_key: neon.adminKey, api_host: host, org_id: neon.organization.id }
    show(await dying.uses(ACTION, { with: inputs }), 'the action')
    check(neon.createdKeys().length === 1, 'the runner is gone, and one key is still alive')
    github.runs.set('19876543211', { id: '19876543211', status: 'completed', attempt: 1 })
    const sweep = await sweeping.uses(SWEEP, {
      with: { ...inputs, api_key: neon.organizationKey, github_token: github.token },
    })
    show(sweep, "the sweep, on a schedule, with the organization's own key")
    check(neon.createdKeys().length === 0, 'no key that the action created is alive')
  } finally {
    dying.dispose()
    sweeping.dispose()
    await github.close()
  }
}

try {
  console.log(`One job, one key. Neon: ${live ? apiHost : 'simulated on this machine'}`)
  if (live) {
    progress(`is ${apiHost} within reach?`)
    await ask('/auth', longLivedKey).catch((error) => {
      fail(
        `Could not reach ${apiHost}: ${formatError(error)}. Is there a network, and is a proxy needed (HTTPS_PROXY)?`,
      )
    })
  }
  await demonstrateLife()
  if (server && !interrupted) {
    check(server.neon.createdKeys().length === 0, 'no key that the action created is alive')
    const requests = server.neon.requests.filter(({ headers }) => headers['user-agent']?.startsWith('ephemeral'))
    const listed = requests.map(({ method, status }) => `${method} ${status}`).join(', ')
    console.log(`\nRequests to Neon by the action: ${listed}`)
    await demonstrateSweep(server)
  }
} finally {
  await endJob()
  job.dispose()
  await server?.close()
}
