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
  await github.close()
  expect(github.violations).toEqual([])
})

interface MadeKey {
  attempt?: string
  job?: string
  repositoryId?: string
  hoursOld?: number
  name?: string
  projectId?: string
}

/** A key of the organization, as main creates it. */
function make(
  runId: string,
  { attempt: runAttempt = '1', job: jobId = '9', repositoryId, hoursOld = 1, name, projectId = '' }: MadeKey = {},
): Key {
  const owner = { organization: setup.neon.organization, ...(projectId && { projectId }) }
  const parts = { runId, runAttempt, jobId, ...(repositoryId && { repositoryId }) }
  const { key } = setup.neon.accounts.createKey(owner, name ?? keyName(parts), setup.neon.ada)
  key.createdAt = new Date(Date.now() - hoursOld * HOUR).toISOString()
  return key
}

/** @param jobs of the latest run attempt */
const run = (id: string, status: string, { attempt = 1, jobs = {}, repository = 'octo-org/shop' } = {}): void => {
  github.runs.set(id, { id, status, attempt, jobs: { [attempt]: jobs }, repository })
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

test.each([10, -10])("a runner whose clock is %i years off: the age of keys is by Neon's clock", async (years) => {
  run('500', 'in_progress', { jobs: { 9: 'in_progress' } })
  const young = make('500')
  make('500', { hoursOld: 122 })
  const job = setup.job(preload(['wrong-clock'], { CLOCK_ERROR: String(years * 365.25 * 24 * HOUR) }))
  expect(counts(await sweep({}, job))).toBe('1 revoked, 1 kept, 0 failed')
  expect(alive()).toEqual([young])
})

/** The ID of the sweep's own job. */
const OWN_JOB = '48216309157'

// The rows of docs/behavior.md, *Sweep*, in order. For each key, a later row would lead to another verdict.
const ROWS: [string, verdict: string, () => void][] = [
  [
    "of the sweep's own job, at any age",
    "kept: the sweep's own job",
    () => {
      run(OWN_RUN, 'completed', { attempt: 2 })
      make(OWN_RUN, { job: OWN_JOB, hoursOld: 900 })
    },
  ],
  [
    "of the sweep's own run, without a job ID",
    "kept: the sweep's own run, and its name has no job ID",
    () => {
      run(OWN_RUN, 'completed', { attempt: 2 })
      make(OWN_RUN, { job: '0', hoursOld: 900 })
    },
  ],
  [
    'older than max_age_hours, its job going on',
    'revoked: it is older than 121 hours',
    () => {
      run('500', 'in_progress', { jobs: { 9: 'in_progress' } })
      make('500', { hoursOld: 121.1 })
    },
  ],
  [
    'its run has completed',
    'revoked: its run has completed',
    () => {
      run('500', 'completed')
      make('500')
    },
  ],
  [
    'its run has completed with a later attempt',
    'revoked: its run has completed',
    () => {
      run('500', 'completed', { attempt: 2 })
      make('500')
    },
  ],
  [
    'its run is on a later attempt',
    'revoked: its run is on a later attempt',
    () => {
      run('500', 'queued', { attempt: 2, jobs: { 9: 'in_progress' } })
      make('500')
    },
  ],
  [
    'its run continues, its job has completed',
    'revoked: its job has completed',
    () => {
      run('500', 'in_progress', { jobs: { 8: 'in_progress', 9: 'completed' } })
      make('500')
    },
  ],
  [
    "another job of the sweep's own run has completed",
    'revoked: its job has completed',
    () => {
      run(OWN_RUN, 'in_progress', { jobs: { [OWN_JOB]: 'in_progress', 9: 'completed' } })
      make(OWN_RUN)
    },
  ],
  ...['queued', 'in_progress', 'waiting', 'requested', 'pending'].map((status): [string, string, () => void] => [
    `its run and its job are ${status}`,
    'kept: its job has not completed',
    () => {
      run('500', status, { jobs: { 8: 'completed', 9: status } })
      make('500', { hoursOld: 120.9 })
    },
  ]),
  [
    'its run continues, and its name has no job ID',
    'kept: its run is in progress, and its name has no job ID',
    () => {
      run('500', 'in_progress', { jobs: { 9: 'completed' } })
      make('500', { job: '0' })
    },
  ],
  [
    'its run continues, and the list of jobs lacks its job',
    'kept: its run is in progress, and GitHub does not list its job',
    () => {
      run('500', 'in_progress', { jobs: { 8: 'completed' } })
      make('500')
    },
  ],
  ['its run is not found, and the token reads this very run', 'revoked: its run was deleted', () => make('500')],
  [
    'its run has completed, says an answer about an earlier attempt',
    'kept: GitHub answered about an earlier attempt',
    () => {
      run('500', 'completed')
      make('500', { attempt: '2' })
    },
  ],
  [
    "the run's status is not available now",
    'kept: GitHub answered 502',
    () => {
      run('500', 'completed')
      make('500')
      github.fail(1, { status: 502 })
    },
  ],
]
test.each(ROWS)('%s: %s', async (_row, verdict, prepare) => {
  prepare()
  const result = await sweep()
  expect(result.exitCode).toBe(0)
  const [kind = '', reason] = verdict.split(': ')
  expect(counts(result)).toBe(kind === 'kept' ? '0 revoked, 1 kept, 0 failed' : '1 revoked, 0 kept, 0 failed')
  expect(alive()).toHaveLength(kind === 'kept' ? 1 : 0)
  expect(result.log.join('\n')).toContain(`: ${reason}.`)
})

test("a lost runner: its job's key is revoked while other jobs of the run continue, and theirs are kept", async () => {
  const jobs = ['901', '902', '903'].map((id) => {
    const job = setup.job({ GITHUB_RUN_ID: '500' })
    job.checkRunId = id
    return job
  })
  for (const job of jobs) await setup.main(job, { org_id: setup.neon.organization.id })
  run('500', 'in_progress', { jobs: { 901: 'in_progress', 902: 'completed', 903: 'queued' } })
  expect(counts(await sweep())).toBe('1 revoked, 2 kept, 0 failed')
  expect(alive().map(({ name }) => name.split('/')[4])).toEqual(['901', '903'])
})

test('all pages of jobs are read', async () => {
  const ids = Array.from({ length: 250 }, (_, index) => String(1_000 + index))
  run('500', 'in_progress', { jobs: Object.fromEntries(ids.map((id) => [id, 'completed'])) })
  make('500', { job: '1249' })
  expect(counts(await sweep())).toBe('1 revoked, 0 kept, 0 failed')
  expect(github.asked).toEqual(['500', '500/1', '500/1', '500/1'])
})

test('no request is sent about a key if no answer could change the verdict', async () => {
  make('500', { hoursOld: 122 })
  make(OWN_RUN, { job: OWN_JOB })
  expect(counts(await sweep())).toBe('1 revoked, 1 kept, 0 failed')
  expect(github.asked).toEqual([])
})

test('each run is requested once, even if it has several keys', async () => {
  for (const id of ['500', '501']) {
    run(id, 'completed')
    for (let key = 0; key < 5; key += 1) make(id)
  }
  run('502', 'in_progress', { jobs: { 9: 'completed', 10: 'queued' } })
  for (const job of ['9', '10', '9']) make('502', { job })
  expect(counts(await sweep())).toBe('12 revoked, 1 kept, 0 failed')
  expect([...github.asked].sort()).toEqual(['500', '501', '502', '502/1'])
})

test('a 404 that does not come from GitHub: the run may not have ended', async () => {
  make('500')
  run('500', 'in_progress')
  github.fail(1, { status: 404, headers: { 'content-type': 'text/html' }, text: '<html>no such page</html>' })
  const result = await sweep()
  expect(counts(result)).toBe('0 revoked, 1 kept, 0 failed')
  expect(result.log.join()).toContain('a server other than GitHub answered 404')
})

test.each(['0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z'])(
  'a key whose creation date is not known (%s) is not old',
  async (createdAt) => {
    make('500').createdAt = createdAt
    run('500', 'in_progress', { jobs: { 9: 'in_progress' } })
    expect(counts(await sweep())).toBe('0 revoked, 1 kept, 0 failed')
  },
)

test.each(['ghs_a\nb', 'ghs a', 'ghs_é'])('a github_token that cannot be sent: %j', async (github_token) => {
  make('500')
  const result = await sweep({ github_token })
  expect(result.exitCode).toBe(1)
  expect(errorsOf(result)).toEqual([expect.stringMatching(/github_token input contains white space.*on one line/)])
  expect(setup.neon.requests).toEqual([])
})

test.each([
  ['no access', /github_token cannot read runs \(404\)/],
  ['none', /GitHub answered 403: Resource not accessible/],
] as const)(
  'a token with %s cannot read the run: the sweep fails and says which permission is missing',
  async (permission, why) => {
    github.options.permission = permission
    make('500')
    make('501')
    const tooOld = make('502', { hoursOld: 122 })
    const result = await sweep()
    expect(result.exitCode).toBe(1)
    expect(counts(result)).toBe('1 revoked, 2 kept, 0 failed')
    expect(alive()).not.toContain(tooOld)
    expect(errorsOf(result)).toEqual([expect.stringMatching(why)])
    expect(errorsOf(result)).toEqual([expect.stringContaining('2 keys kept, because GitHub denied access')])
    expect(errorsOf(result)).toEqual([expect.stringContaining('The token needs actions: read')])
  },
)

test('a rejected token: the sweep fails after one request', async () => {
  for (let id = 500; id < 520; id += 1) make(String(id))
  const result = await sweep({ github_token: 'ghs_expired' })
  expect(result.exitCode).toBe(1)
  expect(errorsOf(result)).toEqual([
    expect.stringMatching(/^.*: 20 keys kept.*GitHub rejected the github_token \(401\)/),
  ])
  expect(github.asked.length).toBeLessThan(5)
})

test.each([
  [{ status: 500 }, 'GitHub answered 500'],
  [{ status: 200, text: '<html>Sign in' }, 'GitHub answered 200 with unexpected content'],
  [{ status: 200, text: '{"id":501,"status":"completed"}' }, 'GitHub answered 200 with unexpected content'],
  [{ status: 301, text: '{"message":"Moved Permanently"}' }, 'GitHub answered 301 with unexpected content'],
])('GitHub answers %j: kept, with a warning', async (failure, reason) => {
  run('500', 'completed')
  make('500')
  github.fail(1, failure)
  const result = await sweep()
  expect(result.exitCode).toBe(0)
  expect(counts(result)).toBe('0 revoked, 1 kept, 0 failed')
  expect(result.log).toContain(`Kept 1: ${reason}.`)
  expect(result.commands).toContainEqual({
    command: 'warning',
    properties: { title: 'The sweep could not check all keys' },
    message: `1 key kept, although the jobs may have ended: ${reason}.`,
  })
  expect(counts(await sweep())).toBe('1 revoked, 0 kept, 0 failed')
})

test('the jobs are not available now: kept, with a warning', async () => {
  run('500', 'in_progress', { jobs: { 9: 'completed' } })
  const key = make('500')
  const seen = github.answer.bind(github)
  github.answer = (path, authorization) => {
    if (path.includes('/jobs')) github.fail(1, { status: 503 })
    return seen(path, authorization)
  }
  expect((await sweep()).log).toContain('Kept 1: GitHub answered 503.')
  expect(alive()).toEqual([key])
})

test('GitHub does not answer: kept, with the reason', async () => {
  run('500', 'completed')
  make('500')
  github.fail(1, 'no answer')
  const result = await sweep({}, setup.job(preload(['time-lapse'], { TIME_LAPSE: '60' })))
  expect(counts(result)).toBe('0 revoked, 1 kept, 0 failed')
  expect(result.stdout).toContain('GitHub did not answer (no answer within 15 s)')
})

test("at GitHub's rate limit it stops, says what remains, and the next sweep continues, oldest first", async () => {
  github.options.limit = 60
  const keys = Array.from({ length: 80 }, (_, index) => {
    run(`${500 + index}`, 'completed')
    return make(`${500 + index}`, { hoursOld: 100 - index })
  })
  const result = await sweep()
  expect(result.exitCode).toBe(0)
  const [warning] = result.commands.filter(({ command }) => command === 'warning')
  expect(warning?.message).toMatch(
    /^\d+ keys remaining: GitHub's rate limit is reached until .*; the next sweep continues\.$/,
  )
  // Part of the limit is left to the repository's other jobs.
  expect(github.asked.length).toBeLessThan(62)
  expect(github.asked.length).toBeGreaterThan(55)
  const revoked = Number(result.outputs.revoked_count)
  expect(revoked).toBeGreaterThan(50)
  expect(alive()).toEqual(keys.slice(revoked))

  github.options.limit = 1_000
  expect(counts(await sweep())).toBe(`${80 - revoked} revoked, 0 kept, 0 failed`)
})

test('one key that cannot be revoked does not stop the rest; the step fails and lists it', async () => {
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

test("at Neon's rate limits, it waits and does not fail", async () => {
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

test('a dry run reports the same and revokes nothing', async () => {
  run('500', 'completed')
  const key = make('500')
  const result = await sweep({ dry_run: 'true' })
  expect(counts(result)).toBe('1 revoked, 0 kept, 0 failed')
  expect(result.log).toContain(`Would revoke ${key.id} (${key.name}): its run has completed.`)
  expect(alive()).toEqual([key])
})

test('only project_id: its organization is looked up, and only keys of that project are swept', async () => {
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

test("GitHub Enterprise Server: the server's address, and only its keys", async () => {
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

test('the job summary counts reasons, and has a table with links, ages and reasons', async () => {
  run('500', 'completed')
  run('501', 'in_progress', { jobs: { 9: 'in_progress' } })
  const dead = make('500')
  const living = make('501')
  const { files } = await sweep()
  const summary = readFileSync(files.summary, 'utf8')
  expect(summary).toContain('Revoked **1**, kept **1**, failed **0**.')
  expect(summary).toContain('| revoked | 1 | its run has completed |')
  expect(summary).toContain(
    `| revoked | ${dead.id} | shop&#46;test | [500](https://github.com/octo-org/shop/actions/runs/500/attempts/1) |`,
  )
  expect(summary).toContain(`| kept | ${living.id} |`)
  expect(summary).toMatch(/\| never \| its run has completed \|/)
})

test('the job summary shows text from Neon as text, without secrets', async () => {
  run('500', 'completed')
  make('500')
  const message = `a|b <img src=x> [x](https://evil.example) **@octocat** https://evil.example\n\n# h ${setup.neon.organizationKey}`
  const body = JSON.stringify({ message })
  setup.inject({ operation: 'revokeOrgApiKey', failure: { kind: 'status', status: 403, applied: false, body } })
  const { files } = await sweep()
  const summary = readFileSync(files.summary, 'utf8')
  expect(summary).not.toMatch(/<|\*\*@|evil\.example|\n# h|napi|a\|b/)
  expect(summary).not.toContain(setup.neon.organizationKey.slice(5))
  expect(summary).toContain('a&#124;b &#60;img src&#61;x&#62;')
})

test('secrets appear only in their mask commands', async () => {
  run('500', 'completed')
  make('500')
  const job = setup.job({ RUNNER_DEBUG: '1' })
  const { stdout, stderr } = await sweep({}, job)
  for (const secret of [setup.neon.organizationKey, github.token]) {
    expect(stdout.replace(`::add-mask::${secret}`, '') + stderr).not.toContain(secret)
    for (const { text } of job.filesOnDisk()) expect(text).not.toContain(secret)
  }
})

describe('repositories: all', () => {
  const all = { repositories: 'all', github_token: 'ghs_simulated0123456789' }
  beforeEach(() => {
    github.options.installation = true
    github.repositories.set('812345679', 'octo-org/bank')
  })

  test('keys of every repository that the token sees; those of others are kept at any age, and counted', async () => {
    run('500', 'completed')
    run('600', 'in_progress', { repository: 'octo-org/bank', jobs: { 9: 'completed' } })
    make('500')
    make('600', { repositoryId: '812345679' })
    const deleted = make('601', { repositoryId: '812345679' })
    const unseen = ['1', '1', '2'].map((repositoryId) => make('700', { repositoryId, hoursOld: 900 }))
    const foreign = make('500', { name: 'gha-0f0f/812345678/500/1/9/abcdefgh/x' })
    const result = await sweep(all)
    expect(errorsOf(result)).toEqual([])
    expect(counts(result)).toBe('3 revoked, 3 kept, 0 failed')
    expect(alive()).toEqual([...unseen, foreign])
    expect(deleted.revokedAt).toBeDefined()
    expect(readFileSync(result.files.summary, 'utf8')).toContain('does not see **2** of the repositories')
    expect([...github.asked].sort()).toEqual(['500', '600', '600/1', '601', 'octo-org/bank', 'repositories'])
  })

  test('all pages of repositories are read', async () => {
    for (let id = 1; id <= 250; id += 1) github.repositories.set(String(id), `octo-org/r${id}`)
    run('500', 'completed', { repository: 'octo-org/r250' })
    make('500', { repositoryId: '250' })
    expect(counts(await sweep(all))).toBe('1 revoked, 0 kept, 0 failed')
  })

  test('a token that is not an installation token: the sweep fails and says which token it needs', async () => {
    github.options.installation = false
    make('500')
    expect(errorsOf(await sweep(all))).toEqual([
      expect.stringMatching(/answered 403.*installation token of a GitHub App/),
    ])
    expect(alive()).toHaveLength(1)
  })

  test('the repositories are not available now: everything is kept, with a warning', async () => {
    run('500', 'completed')
    make('500', { hoursOld: 900 })
    github.fail(1, { status: 502 })
    const result = await sweep(all)
    expect(result.exitCode).toBe(0)
    expect(counts(result)).toBe('0 revoked, 1 kept, 0 failed')
  })

  test('an app without the permission: the sweep fails after one request per repository', async () => {
    github.options.permission = 'none'
    for (let id = 500; id < 520; id += 1) make(String(id))
    make('600', { repositoryId: '812345679' })
    const result = await sweep(all)
    expect(errorsOf(result)).toEqual([expect.stringMatching(/21 keys kept.*permission Actions: read/)])
    expect(github.asked.length).toBeLessThan(8)
  })
})

test("if Neon's rate limit persists, it stops, says what remains, and the next sweep continues", async () => {
  run('500', 'completed')
  for (let index = 0; index < 20; index += 1) make('500')
  const limited = { kind: 'status' as const, status: 429, applied: false, headers: { 'retry-after': '3600' } }
  setup.inject({ operation: 'revokeOrgApiKey', after: 5, times: 999, failure: limited })
  const result = await sweep()
  expect(result.exitCode).toBe(0)
  expect(counts(result)).toBe('5 revoked, 15 kept, 0 failed')
  const [warning] = result.commands.filter(({ command }) => command === 'warning')
  expect(warning?.message).toBe("15 keys remaining: Neon's rate limit is reached; the next sweep continues.")
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
  ['job_id', 'mine', /job_id input is 'mine'/],
  ['repositories', 'every', /repositories input is 'every'; it can be 'this' or 'all'/],
  ['dry_run', 'maybe', /dry_run input is 'maybe'; it can be 'true' or 'false'/],
])('bad input: %s %j', async (name, value, message) => {
  const result = await sweep({ [name]: value })
  expect(result.exitCode).toBe(1)
  expect(errorsOf(result)).toEqual([expect.stringMatching(message)])
  expect(setup.neon.requests).toEqual([])
})

test("a project that the organization's key cannot see: no advice about creating, and no further request", async () => {
  const result = await sweep({ org_id: '', project_id: 'no-such-project' })
  const [error] = errorsOf(result)
  expect(error).toMatch(/project no-such-project was not found with this key/)
  expect(error).not.toMatch(/creat/i)
  expect(setup.neon.requests.map(({ operation }) => operation)).toEqual(['getProject'])
})

test('an organization that the key cannot see: the error says which one, and which key is needed', async () => {
  const result = await sweep({ org_id: 'org-of-others' })
  expect(errorsOf(result)).toEqual([
    expect.stringMatching(/keys of the organization org-of-others are not visible.*own API key/),
  ])
})
