import { readFileSync } from 'node:fs'
import { keyName, SWEEP } from '../simulator/fixtures.ts'
import { type GithubServer, startGithub } from '../simulator/github/server.ts'
import type { Key } from '../simulator/neon/accounts.ts'
import { startNeon } from '../simulator/neon/server.ts'
import type { Job, StepResult } from '../simulator/runner/job.ts'
import { preload } from '../simulator/runner/preload.ts'
import { JOB_VARIABLES } from '../simulator/runner/variables.ts'
import { errorsOf, scenario } from './support/scenario.ts'

const setup = scenario()
/** The run that the sweep is part of. */
const OWN_RUN = JOB_VARIABLES.GITHUB_RUN_ID
const HOUR = 3_600_000

let github: GithubServer
beforeEach(async () => {
  github = await startGithub()
  github.runs.set(OWN_RUN, { id: OWN_RUN, status: 'in_progress', attempt: 1 })
})
afterEach(async () => {
  expect(github.violations).toEqual([])
  await github.close()
})

/** A key as main makes them, in the organization. */
function make(runId: string, { attempt = '1', hoursOld = 1, name = '', projectId = '' } = {}): Key {
  const owner = { organization: setup.neon.organization, ...(projectId && { projectId }) }
  const { key } = setup.neon.accounts.createKey(owner, name || keyName({ runId, runAttempt: attempt }), setup.neon.ada)
  key.createdAt = new Date(Date.now() - hoursOld * HOUR).toISOString()
  return key
}

const run = (id: string, status: string, attempt = 1): void => {
  github.runs.set(id, { id, status, attempt })
}

function sweep(inputs: Record<string, string> = {}, job: Job = setup.job()): Promise<StepResult> {
  job.github.GITHUB_API_URL = github.host
  return job.uses(SWEEP, {
    with: {
      api_key: setup.neon.organizationKey,
      org_id: setup.neon.organization.id,
      api_host: setup.host,
      github_token: github.token,
      ...inputs,
    },
  })
}

const alive = (): Key[] => setup.neon.createdKeys()
const counts = ({ outputs }: StepResult): string =>
  `${outputs.revoked_count} revoked, ${outputs.kept_count} kept, ${outputs.failed_count} failed`

test("a job whose runner died leaves a key; the sweep revokes exactly that one, with the organization's own key", async () => {
  const job = setup.job({ GITHUB_RUN_ID: '500' })
  const main = await setup.main(job, { project_id: setup.neon.project.id })
  run('500', 'completed')
  const lookAlikes = Array.from({ length: 200 }, (_, index) =>
    make('500', {
      name:
        ['gha/812345679/500/1/9/abcdefgh', 'gha-0f0f/812345678/500/1/9/abcdefgh', 'GHA/812345678/500/1/9/abcdefgh'][
          index % 3
        ] +
        '/x'.repeat(1) +
        index,
    }),
  )
  const living = ['501', '502'].map((id) => {
    run(id, 'in_progress')
    return make(id)
  })
  setup.neon.requests.length = 0
  const result = await sweep()
  expect(errorsOf(result)).toEqual([])
  expect(counts(result)).toBe('1 revoked, 2 kept, 0 failed')
  expect(alive()).toEqual([...lookAlikes, ...living])
  expect(setup.neon.accounts.keys.get(main.outputs.api_key_id ?? '')?.revokedAt).toBeDefined()
  expect(setup.neon.requests.map(({ method }) => method)).toEqual(['GET', 'DELETE'])
})

test.each(['queued', 'waiting', 'pending', 'requested', 'in_progress'])(
  'a run that is %s keeps its keys, however old',
  async (status) => {
    run('500', status)
    make('500', { hoursOld: 2_000 })
    expect(counts(await sweep())).toBe('0 revoked, 1 kept, 0 failed')
    expect(alive()).toHaveLength(1)
  },
)

test('an older attempt of a run that is being re-run is over', async () => {
  run('500', 'in_progress', 2)
  make('500', { attempt: '1' })
  const present = make('500', { attempt: '2' })
  await sweep()
  expect(alive()).toEqual([present])
})

test("the sweep's own run is left alone, and not even asked for", async () => {
  run(OWN_RUN, 'completed')
  make(OWN_RUN)
  expect(counts(await sweep())).toBe('0 revoked, 1 kept, 0 failed')
  expect(github.asked).toEqual([])
})

test('each run is asked for once, whatever the number of its keys', async () => {
  for (const id of ['500', '501']) {
    run(id, 'completed')
    for (let key = 0; key < 5; key += 1) make(id)
  }
  expect(counts(await sweep())).toBe('10 revoked, 0 kept, 0 failed')
  expect([...github.asked].sort()).toEqual(['500', '501'])
})

test('a 404 is a deleted run, once the token has been seen to read this very run', async () => {
  make('500')
  expect(counts(await sweep())).toBe('1 revoked, 0 kept, 0 failed')
  expect(github.asked).toEqual(['500', OWN_RUN])
})

test.each(['no access', 'none'] as const)(
  'a token with %s reads nothing, so nothing is revoked',
  async (permission) => {
    github.options.permission = permission
    make('500')
    make('501')
    const result = await sweep()
    expect(counts(result)).toBe('0 revoked, 2 kept, 0 failed')
    expect(result.log.join('\n')).toMatch(/Kept 2: .*needs actions: read/)
    expect(result.commands).toContainEqual({
      command: 'warning',
      properties: { title: 'The sweep could not tell about all keys' },
      message: expect.stringMatching(/^2 keys kept, although the runs may be over: .*needs actions: read/),
    })
  },
)

test.each([{}, { max_age_hours: '', dry_run: '' }])(
  'where GitHub cannot tell, a key older than max_age_hours goes: %j',
  async (inputs) => {
    github.options.permission = 'no access'
    make('500', { hoursOld: 841 })
    const young = make('501', { hoursOld: 839 })
    expect(counts(await sweep(inputs))).toBe('1 revoked, 1 kept, 0 failed')
    expect(alive()).toEqual([young])
    make('502', { hoursOld: 839 })
    expect(counts(await sweep({ max_age_hours: '2' }))).toBe('2 revoked, 0 kept, 0 failed')
  },
)

test.each([
  [500, 'GitHub answered 500'],
  [502, 'GitHub answered 502'],
  [401, 'GitHub rejected the token'],
])('GitHub answers %i: kept, with the reason', async (status, reason) => {
  run('500', 'completed')
  make('500')
  github.fail(1, status)
  const result = await sweep()
  expect(counts(result)).toBe('0 revoked, 1 kept, 0 failed')
  expect(result.log).toContain(`Kept 1: ${reason}.`)
  expect(counts(await sweep())).toBe('1 revoked, 0 kept, 0 failed')
})

test('GitHub does not answer: kept, with the reason', async () => {
  run('500', 'completed')
  make('500')
  github.fail(1, 'no answer')
  const result = await sweep({}, setup.job(preload(['time-lapse'], { TIME_LAPSE: '60' })))
  expect(counts(result)).toBe('0 revoked, 1 kept, 0 failed')
  expect(result.stdout).toContain('GitHub did not answer (no answer within 15 s)')
})

test("at GitHub's rate limit it stops cleanly, says what remains, and the next sweep goes on, oldest first", async () => {
  github.options.limit = 60
  const keys = Array.from({ length: 30 }, (_, index) => {
    run(`${500 + index}`, 'completed')
    return make(`${500 + index}`, { hoursOld: 100 - index })
  })
  const result = await sweep()
  expect(result.exitCode).toBe(0)
  const [warning] = result.commands.filter(({ command }) => command === 'warning')
  expect(warning?.message).toMatch(
    /^\d+ keys remaining: GitHub's rate limit is reached until .*; the next sweep goes on\.$/,
  )
  // Some of the limit is left to the repository's other jobs.
  expect(github.asked.length).toBeLessThan(20)
  const revoked = Number(result.outputs.revoked_count)
  expect(revoked).toBeGreaterThan(5)
  expect(alive()).toEqual(keys.slice(revoked))

  github.options.limit = 1_000
  expect(counts(await sweep())).toBe(`${30 - revoked} revoked, 0 kept, 0 failed`)
})

test('one failure does not stop the rest; the step fails and lists it', async () => {
  run('500', 'completed')
  const keys = [make('500', { hoursOld: 3 }), make('500', { hoursOld: 2 }), make('500', { hoursOld: 1 })]
  setup.inject({ operation: 'revokeOrgApiKey', failure: { kind: 'status', status: 403, applied: false } })
  const result = await sweep()
  expect(result.exitCode).toBe(1)
  expect(counts(result)).toBe('2 revoked, 0 kept, 1 failed')
  const [left] = alive()
  expect(keys).toContain(left)
  expect(errorsOf(result)).toEqual([expect.stringContaining(`${left?.id} (${left?.name}): Neon refused`)])
})

test('keys that cannot be revoked do not take all the time there is', async () => {
  run('500', 'completed')
  for (let index = 0; index < 3; index += 1) make('500')
  setup.inject({ operation: 'revokeOrgApiKey', times: 999, failure: { kind: 'status', status: 500, applied: false } })
  const result = await sweep({}, setup.job(preload(['time-lapse'], { TIME_LAPSE: '60' })))
  expect(result.exitCode).toBe(1)
  expect(counts(result)).toBe('0 revoked, 0 kept, 3 failed')
  expect(result.milliseconds * 60).toBeLessThan(3 * 60_000)
})

test("within Neon's own limits: a refusal is waited out, not failed", async () => {
  const limited = await startNeon({ rateLimits: true })
  const { neon, host } = limited
  try {
    run('500', 'completed')
    for (let index = 0; index < 120; index += 1) {
      const name = keyName({ runId: '500' })
      neon.accounts.createKey({ user: neon.ada }, name, neon.ada)
    }
    const result = await sweep({ scope: 'personal', org_id: '', api_key: neon.adminKey, api_host: host })
    expect(counts(result)).toBe('120 revoked, 0 kept, 0 failed')
    expect(neon.requests.some(({ status }) => status === 429)).toBe(true)
    expect(neon.createdKeys()).toEqual([])
  } finally {
    await limited.close()
  }
})

test('a dry run says the same and revokes nothing', async () => {
  run('500', 'completed')
  const key = make('500')
  const result = await sweep({ dry_run: 'true' })
  expect(counts(result)).toBe('1 revoked, 0 kept, 0 failed')
  expect(result.log).toContain(`Would revoke ${key.id} (${key.name}): its run has completed.`)
  expect(alive()).toEqual([key])
})

test('a project alone: its organization is looked up, and only keys of that project are swept', async () => {
  run('500', 'completed')
  make('500', { projectId: setup.neon.project.id })
  const others = [make('500'), make('500', { projectId: setup.neon.otherProject.id })]
  expect(counts(await sweep({ org_id: '', project_id: setup.neon.project.id }))).toBe('1 revoked, 0 kept, 0 failed')
  expect(alive()).toEqual(others)
})

test('personal keys, with the personal key', async () => {
  const main = await setup.main(setup.job({ GITHUB_RUN_ID: '500' }))
  expect(main.exitCode).toBe(0)
  run('500', 'completed')
  expect(counts(await sweep({ scope: 'personal', org_id: '', api_key: setup.neon.adminKey }))).toBe(
    '1 revoked, 0 kept, 0 failed',
  )
  expect(alive()).toEqual([])
})

test('GitHub Enterprise Server: its address, and its own keys', async () => {
  github.options.basePath = '/api/v3'
  run('500', 'completed')
  const ofGithubCom = make('500')
  const server = { GITHUB_SERVER_URL: 'https://git.example.com', GITHUB_API_URL: `${github.host}/api/v3` }
  await setup.main(setup.job({ ...server, GITHUB_RUN_ID: '500' }), { org_id: setup.neon.organization.id })
  const result = await setup.job(server).uses(SWEEP, {
    with: {
      api_key: setup.neon.organizationKey,
      org_id: setup.neon.organization.id,
      api_host: setup.host,
      github_token: github.token,
    },
  })
  expect(counts(result)).toBe('1 revoked, 0 kept, 0 failed')
  expect(alive()).toEqual([ofGithubCom])
})

test('the job summary has a table with links, ages and reasons', async () => {
  run('500', 'completed')
  run('501', 'in_progress')
  const dead = make('500')
  const living = make('501')
  const { files } = await sweep()
  const summary = readFileSync(files.summary, 'utf8')
  expect(summary).toContain('Revoked **1**, kept **1**, failed **0**.')
  expect(summary).toContain(
    `| revoked | ${dead.id} | shop.test | [500](https://github.com/octo-org/shop/actions/runs/500/attempts/1) |`,
  )
  expect(summary).toContain(`| kept | ${living.id} |`)
  expect(summary).toMatch(/\| never \| its run has completed \|/)
})

test('no secret stands in anything but its mask command', async () => {
  run('500', 'completed')
  make('500')
  const job = setup.job({ RUNNER_DEBUG: '1' })
  const { stdout, stderr } = await sweep({}, job)
  for (const secret of [setup.neon.organizationKey, github.token]) {
    expect(stdout.replace(`::add-mask::${secret}`, '') + stderr).not.toContain(secret)
    for (const { text } of job.filesOnDisk()) expect(text).not.toContain(secret)
  }
})

test.each([
  ['api_key', '', /api_key input is empty/],
  ['github_token', '', /github_token input is empty/],
  ['org_id', 'Org!', /org_id input/],
  ['org_id', '', /Neither org_id nor project_id is set/],
  ['scope', 'personal', /'scope: personal' takes no IDs/],
  ['api_host', 'http://console.neon.tech', /https/],
  ['max_age_hours', 'a week', /max_age_hours input is 'a week'/],
  ['max_age_hours', '0', /above 0/],
  ['max_age_hours', '-1', /above 0/],
  ['dry_run', 'maybe', /dry_run input is 'maybe'; it can be 'true' or 'false'/],
])('bad input: %s %j', async (name, value, message) => {
  const result = await sweep({ [name]: value })
  expect(result.exitCode).toBe(1)
  expect(errorsOf(result)).toEqual([expect.stringMatching(message)])
  expect(setup.neon.requests).toEqual([])
})

test("a project that the organization's key does not see: no word of creating, and no further question", async () => {
  const result = await sweep({ org_id: '', project_id: 'no-such-project' })
  const [error] = errorsOf(result)
  expect(error).toMatch(/project no-such-project was not found with this key/)
  expect(error).not.toMatch(/creat/i)
  expect(setup.neon.requests.map(({ operation }) => operation)).toEqual(['getProject'])
})

test('an organization that the key does not see: which one, and what it takes', async () => {
  const result = await sweep({ org_id: 'org-of-others' })
  expect(errorsOf(result)).toEqual([
    expect.stringMatching(/keys of the organization org-of-others are not visible.*own API key/),
  ])
})
