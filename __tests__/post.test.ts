import { rmSync } from 'node:fs'
import type { Key } from '../simulator/neon/accounts.ts'
import { live } from './campaign/life.ts'
import { errorsOf, requestsOf, scenario } from './support/scenario.ts'

const setup = scenario({ timeLapse: 10 })

test('no api_key, as in runs from forks: one line, success', async () => {
  const job = setup.job()
  await setup.main(job, { api_key: '' })
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
  expect(post?.log).toEqual(['The main step had no API key to create a key with; there is nothing to revoke.'])
})

test('inputs of another step (actions/runner 3514): everything but the key comes from the state', async () => {
  const job = setup.job()
  await setup.main(job, { org_id: setup.neon.organization.id })
  job.overridePostInputs({
    org_id: 'NONSENSE',
    project_id: '!',
    env_name: '1',
    on_revoke_failure: '?',
    api_host: 'http://evil.example',
  })
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
  expect(setup.neon.createdKeys()).toEqual([])
})

test.each([
  ['empty', ''],
  ['revoked meanwhile', 'napi_0123456789abcdef'],
  ['not even a key', 'two\nlines'],
])('the api_key is %s: a personal key revokes itself, and post warns about the input', async (_case, api_key) => {
  const job = setup.job()
  await setup.main(job)
  job.overridePostInputs({ api_key })
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
  expect(post?.commands).toContainEqual(
    expect.objectContaining({ command: 'warning', message: expect.stringContaining('revoked itself') }),
  )
  expect(setup.neon.createdKeys()).toEqual([])
})

test('Neon asks for a longer wait than post has time for: the fresh key does not try it in its turn', async () => {
  const headers = { 'retry-after': '3600' }
  setup.inject({ operation: 'revokeApiKey', failure: { kind: 'status', status: 429, applied: false, headers } })
  const { post } = await setup.life()
  expect(post.exitCode).toBe(1)
  expect(requestsOf(setup.neon)).toEqual(['POST 200', 'DELETE 429'])
})

test('an organization key also revokes itself if the api_key is rejected', async () => {
  const job = setup.job()
  await setup.main(job, { org_id: setup.neon.organization.id })
  job.overridePostInputs({ api_key: 'napi_0123456789abcdef' })
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
  expect(setup.neon.createdKeys()).toEqual([])
})

test('the api_key of another account: a list without our key does not prove that it is revoked', async () => {
  const job = setup.job()
  await setup.main(job)
  job.overridePostInputs({ api_key: setup.neon.memberKey })
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
  expect(requestsOf(setup.neon).slice(1)).toEqual(['GET 200', 'DELETE 200'])
  expect(setup.neon.createdKeys()).toEqual([])
})

test('a key that was already revoked during the job: success', async () => {
  const job = setup.job()
  const main = await setup.main(job)
  const [key] = setup.neon.createdKeys()
  if (key) setup.neon.accounts.revoke(key)
  const [post] = await job.end()
  expect(post).toMatchObject({
    exitCode: 0,
    log: [`The Neon API key ${main.outputs.api_key_id} (${main.outputs.api_key_name}) was already revoked.`],
  })
})

test('a 404 for a key that is still listed: the key may be alive', async () => {
  setup.inject({ operation: 'revokeOrgApiKey', failure: { kind: 'status', status: 404, applied: false } })
  const { main, post } = await setup.life({ project_id: setup.neon.project.id })
  expect(post.exitCode).toBe(1)
  expect(errorsOf(post)).toEqual([expect.stringContaining(`The Neon API key ${main.outputs.api_key_id}`)])
  expect(requestsOf(setup.neon).slice(2)).toEqual(['DELETE 404', 'GET 200'])
})

test('the api_key is rejected and the key is project-scoped: an error says how to revoke it by hand', async () => {
  const job = setup.job()
  const main = await setup.main(job, { project_id: setup.neon.project.id })
  job.overridePostInputs({ api_key: 'napi_0123456789abcdef' })
  const [post] = await job.end()
  expect(post?.exitCode).toBe(1)
  expect(errorsOf(post as never)).toEqual([
    expect.stringContaining(`neon api-keys revoke ${main.outputs.api_key_id} --org-id ${setup.neon.organization.id}`),
  ])
})

test.each([
  ['warn', 0],
  ['fail', 1],
  ['', 1],
])("on_revoke_failure '%s': the same message; only warn lets the job pass", async (onRevokeFailure, exitCode) => {
  const job = setup.job()
  const main = await setup.main(job, { project_id: setup.neon.project.id, on_revoke_failure: onRevokeFailure })
  job.overridePostInputs({ api_key: '' })
  const [post] = await job.end()
  expect(post?.exitCode).toBe(exitCode)
  const told = post?.commands.filter(({ message }) => message.includes(main.outputs.api_key_id ?? ''))
  expect(told?.map(({ command }) => command)).toEqual([onRevokeFailure === 'warn' ? 'warning' : 'error'])
})

test.each([
  ['the job ID is known: only keys of this job are revoked', '48216309157'],
  ['the job ID is not known: only the key with the exact name is revoked', ''],
])('a record without a key, and %s', async (_case, checkRunId) => {
  const { neon } = setup
  setup.inject({ operation: 'createApiKey', failure: { kind: 'status', status: 500, applied: true } })
  setup.inject({ operation: 'listApiKeys', failure: { kind: 'status', status: 403, applied: false } })
  const job = setup.job()
  job.checkRunId = checkRunId
  const main = await setup.main(job)
  expect(main.exitCode).toBe(1)
  const name = neon.createdKeys()[0]?.name ?? ''
  const create = (other: string): Key => neon.accounts.createKey({ user: neon.ada }, other, neon.ada).key
  const ofJob = create(`${name}x`)
  const others = [` ${name}`.slice(0, 64), name.replace(/^gha/, 'gha-0000').slice(0, 64)].map(create)
  others.push(create(name.replace(/\/\d+\/(\w{8})\//, '/48216309158/$1/')))
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
  expect(neon.createdKeys()).toEqual(checkRunId === '' ? [ofJob, ...others] : others)
})

test('a record without a key: post looks for the name twice', async () => {
  setup.inject({ operation: 'createApiKey', failure: { kind: 'status', status: 500, applied: true } })
  setup.inject({ operation: 'listApiKeys', failure: { kind: 'status', status: 403, applied: false } })
  const { post } = await setup.life()
  expect(post.exitCode).toBe(0)
  expect(requestsOf(setup.neon).slice(2)).toEqual(['GET 200', 'DELETE 200', 'GET 200'])
})

test.each([
  ['a record without a key', false],
  ['no record', true],
])('%s, and one key of the job cannot be revoked: post revokes the others, and fails', async (_case, removed) => {
  const { neon } = setup
  const job = setup.job()
  setup.inject({ operation: 'createApiKey', failure: { kind: 'status', status: 500, applied: true } })
  setup.inject({ operation: 'listApiKeys', failure: { kind: 'status', status: 403, applied: false } })
  await setup.main(job, {}, removed ? { beforeRead: ({ state }) => rmSync(state) } : {})
  const [first] = neon.createdKeys()
  neon.accounts.createKey({ user: neon.ada }, `${first?.name}x`, neon.ada)
  setup.inject({ operation: 'revokeApiKey', failure: { kind: 'status', status: 403, applied: false } })
  const [post] = await job.end()
  expect(post?.exitCode).toBe(1)
  expect(neon.createdKeys()).toEqual([first])
})

test('between both looks is enough time for a create that was cut off three seconds ago', async () => {
  // In virtual time. Main ends 100 ms after its create.
  const { made, arrived } = await live({
    scope: 'personal',
    main: [
      { kind: 'late', milliseconds: 3_000 },
      { kind: 'status', status: 403, applied: false },
    ],
    interruption: { kind: 'none' },
    pause: 0,
    post: [],
    postApiKey: 'the same',
    debug: false,
    edition: 'openapi',
    jobIdKnown: true,
    adversary: null,
    luck: 0,
  })
  expect(arrived.post).toEqual(['GET', 'GET', `DELETE ${made[0]?.id}`])
})
