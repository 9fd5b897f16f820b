// `npm run demo`: the whole life of a key, with the built dist/ run as GitHub's runner would run it, against a Neon
// embedded in this process. With --live and a real key in NEON_API_KEY: the same against Neon itself.

import { parseArgs, styleText } from 'node:util'
import { ACTION, SWEEP } from '../simulator/fixtures.ts'
import { startGithub } from '../simulator/github/server.ts'
import { type NeonServer, startNeon } from '../simulator/neon/server.ts'
import { Job, type StepResult } from '../simulator/runner/job.ts'
import { NEON_API_HOST } from '../src/steps/inputs.ts'

const { values } = parseArgs({
  options: {
    live: { type: 'boolean', default: false },
    'org-id': { type: 'string' },
    'project-id': { type: 'string' },
  },
})
const realKey = process.env.NEON_API_KEY ?? ''
if (values.live && realKey === '') {
  console.error('--live needs a Neon API key in the environment: NEON_API_KEY=… npm run demo -- --live')
  process.exit(2)
}
const server = values.live ? undefined : await startNeon()
const neon = server?.neon
const apiHost = server?.host ?? NEON_API_HOST
const longLivedKey = neon?.adminKey ?? realKey
const orgId = values['org-id'] ?? neon?.organization.id
const projectId = values['project-id'] ?? neon?.project.id
const job = new Job()

/** Prints a step as GitHub's log shows it: masked, commands rendered, with the time it took. */
function show(result: StepResult, comment: string): void {
  const title = `${result.exitCode === 0 ? '✓' : '✗'} ${result.name}`
  console.log(`\n${styleText('bold', title)}  ${styleText('dim', `${Math.round(result.milliseconds)} ms`)}`)
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

/** As the runner does: post runs whatever happened before, also when this script itself breaks down. */
async function endJob(): Promise<void> {
  for (const post of await job.end()) show(post, 'runs by itself when the job ends, whatever happened in between')
}
// Ctrl-C reaches the steps as well; swallowed here, so that post still runs.
process.on('SIGINT', () => {
  process.exitCode = 1
})

/** A job whose runner dies before its post step, and the sweep that finds what it left. */
async function demonstrateSweep({ neon, host }: NeonServer): Promise<void> {
  console.log(`\n${styleText('bold', 'A second job, whose runner dies: its post step never runs')}`)
  const github = await startGithub()
  const dying = new Job({ GITHUB_RUN_ID: '19876543211' })
  const sweeping = new Job({ GITHUB_RUN_ID: '19876543299', GITHUB_JOB: 'sweep', GITHUB_API_URL: github.host })
  try {
    const inputs = { api_key: neon.adminKey, api_host: host, org_id: neon.organization.id }
    show(await dying.uses(ACTION, { with: inputs }), 'uses: OWNER/REPO@v1')
    check(neon.createdKeys().length === 1, 'the runner is gone, and one key is left alive')
    github.runs.set('19876543211', { id: '19876543211', status: 'completed', attempt: 1 })
    const sweep = await sweeping.uses(SWEEP, {
      with: { ...inputs, api_key: neon.organizationKey, github_token: github.token },
    })
    show(sweep, "uses: OWNER/REPO/sweep@v1   on a schedule, with the organization's own key")
    check(neon.createdKeys().length === 0, 'no key that the action made is alive')
  } finally {
    dying.dispose()
    sweeping.dispose()
    await github.close()
  }
}

const statusOf = async (path: string, key: string): Promise<number> =>
  (await fetch(`${apiHost}${path}`, { headers: { authorization: `Bearer ${key}` } })).status

try {
  console.log(`One job, one key. Neon: ${values.live ? apiHost : 'simulated on this machine'}`)
  const ids =
    orgId || projectId
      ? { ...(orgId && { org_id: orgId }), ...(projectId && { project_id: projectId }) }
      : { scope: 'personal' }
  const main = await job.uses(ACTION, { with: { api_key: longLivedKey, api_host: apiHost, ...ids } })
  show(main, 'uses: OWNER/REPO@v1   with: { api_key: ${{ secrets.NEON_API_KEY }} }')
  const freshKey = main.outputs.api_key ?? ''
  console.log(`  NEON_API_KEY=${job.masked(job.env.NEON_API_KEY ?? 'not set')}  api_key_id=${main.outputs.api_key_id}`)

  // Everything that a later step can read: its variables and the runner's files on disk.
  const later = await job.run('A later step', process.execPath, ['--print', 'JSON.stringify(process.env)'])
  const readable = [later.stdout, ...job.filesOnDisk().map(({ text }) => text)].join('\n')
  show({ ...later, log: [] }, 'reads all its variables and all files of the runner, and uses the key')
  const path = projectId === undefined ? '/projects' : `/projects/${projectId}`
  check(freshKey !== '' && readable.includes(freshKey), 'the fresh key is there')
  check(!readable.includes(longLivedKey), 'the long-lived key is nowhere to be seen')
  check((await statusOf(path, freshKey)) === 200, `the fresh key is allowed: GET ${path} answers 200`)
  if (neon && projectId === neon.project.id) {
    const other = `/projects/${neon.otherProject.id}`
    check((await statusOf(other, freshKey)) !== 200, `and allowed no more than that: GET ${other} is refused`)
  }

  await endJob()
  check((await statusOf(path, freshKey)) === 401, `the fresh key is dead: GET ${path} answers 401`)
  if (server) {
    check(server.neon.createdKeys().length === 0, 'no key that the action made is alive')
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
