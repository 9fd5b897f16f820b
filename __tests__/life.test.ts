import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseKeyName } from '../src/github/key-name.ts'
import { requestsOf, scenario } from './support/scenario.ts'

const setup = scenario()

test('a personal key lives as long as the job', async () => {
  const job = setup.job()
  const main = await setup.main(job)
  expect(main.exitCode).toBe(0)
  expect(main.stderr).toBe('')
  expect(setup.neon.createdKeys()).toMatchObject([{ id: main.outputs.api_key_id, name: main.outputs.api_key_name }])
  expect(job.env.NEON_API_KEY).toBe(main.outputs.api_key)
  expect(setup.neon.accounts.authenticate(job.env.NEON_API_KEY ?? '', '192.0.2.7')?.owner).toEqual({
    user: setup.neon.ada,
  })

  const [post] = await job.end()
  expect(post).toMatchObject({ exitCode: 0, stderr: '' })
  expect(setup.neon.createdKeys()).toEqual([])
  expect(requestsOf(setup.neon)).toEqual(['POST 200', 'DELETE 200'])
})

describe('IDs past 2^53', () => {
  const setup = scenario({ firstKeyId: 2n ** 53n + 1n })

  test('the ID keeps every digit of an int64', async () => {
    const { main } = await setup.life()
    const id = main.outputs.api_key_id ?? ''
    expect(String(Number(id))).not.toBe(id)
    expect(setup.neon.accounts.keys.get(id)?.name).toBe(main.outputs.api_key_name)
    expect(setup.neon.requests.at(-1)?.path).toBe(`/api/v2/api_keys/${id}`)
  })
})

test('an organization key', async () => {
  const job = setup.job()
  await setup.main(job, { org_id: setup.neon.organization.id })
  expect(setup.neon.createdKeys()).toMatchObject([{ owner: { organization: setup.neon.organization } }])
  await job.end()
  expect(setup.neon.createdKeys()).toEqual([])
  expect(requestsOf(setup.neon)).toEqual(['POST 200', 'DELETE 200'])
})

test('a project-scoped key', async () => {
  const job = setup.job()
  await setup.main(job, { org_id: setup.neon.organization.id, project_id: setup.neon.project.id })
  expect(setup.neon.createdKeys()).toMatchObject([
    { owner: { organization: setup.neon.organization, projectId: setup.neon.project.id } },
  ])
  await job.end()
  expect(setup.neon.createdKeys()).toEqual([])
  expect(requestsOf(setup.neon)).toEqual(['POST 200', 'DELETE 200'])
})

test('only project_id: its organization is looked up, which takes one more request', async () => {
  const job = setup.job()
  const main = await setup.main(job, { project_id: setup.neon.project.id })
  expect(main.exitCode).toBe(0)
  expect(setup.neon.createdKeys()).toMatchObject([{ owner: { projectId: setup.neon.project.id } }])
  await job.end()
  expect(setup.neon.createdKeys()).toEqual([])
  expect(requestsOf(setup.neon)).toEqual(['GET 200', 'POST 200', 'DELETE 200'])
})

test('the key is named after the run', async () => {
  const job = setup.job({
    GITHUB_RUN_ID: '77',
    GITHUB_RUN_ATTEMPT: '3',
    GITHUB_REPOSITORY_ID: '5',
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_JOB: 'e2e',
  })
  const { outputs } = await setup.main(job)
  expect(parseKeyName(outputs.api_key_name ?? '')).toMatchObject({
    server: 'gha',
    repositoryId: '5',
    runId: '77',
    runAttempt: '3',
    label: 'r.e2e',
  })
})

test('if the runner does not set the ID of the repository, it comes from the event file', async () => {
  const job = setup.job({ GITHUB_REPOSITORY_ID: '' })
  job.github.GITHUB_EVENT_PATH = join(job.folder, 'event.json')
  writeFileSync(job.github.GITHUB_EVENT_PATH, '{"repository":{"id":9007199254740993}}')
  const { outputs } = await setup.main(job)
  expect(outputs.api_key_name).toMatch(/^gha\/9007199254740993\//)
  expect((await job.end())[0]?.exitCode).toBe(0)
  expect(setup.neon.createdKeys()).toEqual([])
})

test('on another server, the name identifies the server', async () => {
  const { outputs } = await setup.main(setup.job({ GITHUB_SERVER_URL: 'https://git.example.com' }))
  expect(outputs.api_key_name).toMatch(/^gha-[0-9a-f]{4}\/812345678\//)
})

test('another environment variable', async () => {
  const job = setup.job()
  const main = await setup.main(job, { env_name: 'TF_VAR_neon_api_key' })
  expect(main.exported).toEqual({ TF_VAR_neon_api_key: main.outputs.api_key })
})

test('no environment variable', async () => {
  const main = await setup.main(setup.job(), { env_name: '' })
  expect(main.exitCode).toBe(0)
  expect(main.exported).toEqual({})
  expect(main.outputs.api_key).toMatch(/^napi_/)
})

test('two uses in one job have one key each, and post revokes both', async () => {
  const job = setup.job()
  const first = await setup.main(job)
  const second = await setup.main(job, { env_name: 'SECOND_KEY' })
  expect(second.exitCode).toBe(0)
  expect(first.outputs.api_key).not.toBe(second.outputs.api_key)
  expect(setup.neon.createdKeys()).toHaveLength(2)
  await job.end()
  expect(setup.neon.createdKeys()).toEqual([])
})

test('the log of main is one line that names the created key', async () => {
  const { log, outputs } = await setup.main(setup.job(), { org_id: setup.neon.organization.id })
  expect(log).toEqual([
    `Created the Neon API key ${outputs.api_key_id} (${outputs.api_key_name}) for the organization ${setup.neon.organization.id}. It is revoked when this job ends.`,
  ])
})

test('the log of post says when the key was last used, without the address', async () => {
  const job = setup.job()
  const main = await setup.main(job)
  setup.neon.accounts.authenticate(main.outputs.api_key ?? '', '192.0.2.7')
  const lastUsedAt = setup.neon.createdKeys()[0]?.lastUsedAt
  const [post] = await job.end()
  expect(post?.log).toEqual([
    `Revoked the Neon API key ${main.outputs.api_key_id} (${main.outputs.api_key_name}). It was last used at ${lastUsedAt}.`,
  ])
  expect(post?.log.join()).not.toContain('192.0.2.7')
})

test('the log of post says that the key was never used', async () => {
  const { post } = await setup.life()
  expect(post.log).toEqual([expect.stringContaining('It was never used.')])
})

test('requests identify the action, and each has its own ID', async () => {
  await setup.life({ project_id: setup.neon.project.id })
  const headers = setup.neon.requests.map((request) => request.headers)
  for (const { authorization, 'user-agent': userAgent } of headers) {
    expect(authorization).toBe(`Bearer ${setup.neon.adminKey}`)
    expect(userAgent).toMatch(/^ephemeral-neon-api-key\/\d+\.\d+\.\d+$/)
  }
  const ids = new Set(headers.map((header) => header['x-request-id']))
  expect(ids.size).toBe(3)
})

test('a failing step between main and post changes nothing', async () => {
  const job = setup.job()
  await setup.main(job)
  const step = await job.run('fails', process.execPath, ['--eval', 'process.exit(3)'])
  expect(step.exitCode).toBe(3)
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
  expect(setup.neon.createdKeys()).toEqual([])
})
