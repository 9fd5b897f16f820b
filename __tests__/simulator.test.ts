// The simulated Neon matches Neon's documentation, since everything else is tested against it.

import { startNeon } from '../simulator/neon/server.ts'
import { scenario } from './support/scenario.ts'

const setup = scenario()

async function call(method: string, path: string, key: string, body?: object, host: string = setup.host) {
  const response = await fetch(`${host}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: JSON.parse(await response.text()), headers: response.headers }
}

const forOrganizations = 'not allowed for organization API keys'
const orgKeys = (): string => `/organizations/${setup.neon.organization.id}/api_keys`

test('names are unique within an account, and free again once revoked', async () => {
  const first = await call('POST', '/api_keys', setup.neon.adminKey, { key_name: 'x' })
  const second = await call('POST', '/api_keys', setup.neon.adminKey, { key_name: 'x' })
  expect(second).toMatchObject({ status: 400, body: { message: 'choose another unique name for api key' } })
  expect((await call('POST', orgKeys(), setup.neon.adminKey, { key_name: 'x' })).status).toBe(200)
  await call('DELETE', `/api_keys/${setup.neon.createdKeys()[0]?.id}`, setup.neon.adminKey)
  expect((await call('GET', '/users/me', first.body.key)).status).toBe(401)
  expect((await call('POST', '/api_keys', setup.neon.adminKey, { key_name: 'x' })).status).toBe(200)
})

test('who may do what with keys', async () => {
  const { adminKey, memberKey, organizationKey, project, otherProject } = setup.neon
  const scoped = (await call('POST', orgKeys(), adminKey, { key_name: 'p', project_id: project.id })).body.key
  const statuses = await Promise.all([
    call('POST', orgKeys(), organizationKey, { key_name: 'o' }),
    call('POST', orgKeys(), memberKey, { key_name: 'm' }),
    call('GET', orgKeys(), organizationKey),
    call('GET', orgKeys(), scoped),
    call('GET', `/projects/${project.id}`, scoped),
    call('GET', `/projects/${otherProject.id}`, scoped),
    call('GET', '/api_keys', organizationKey),
    call('GET', '/auth', organizationKey),
  ])
  expect(statuses.map(({ status }) => status)).toEqual([404, 403, 200, 404, 200, 404, 404, 200])
  expect(statuses.at(-1)?.body.auth_method).toBe('api_key_org')
  const outside = expect.stringMatching(/^not allowed to perform actions outside the project this key is scoped to; /)
  const messages = [0, 3, 5, 6].map((index) => statuses[index]?.body.message)
  expect(messages).toEqual([forOrganizations, outside, outside, forOrganizations])
  const other = await call('GET', '/organizations/org-of-others/api_keys', adminKey)
  expect(other).toMatchObject({ status: 403, body: { message: 'not an organization member' } })
  const revoke = await call('DELETE', `${orgKeys()}/${setup.neon.createdKeys()[0]?.id}`, organizationKey)
  expect(revoke.body.revoked).toBe(true)
})

test("a project-scoped key can manage its project's branches and read the password of a branch", async () => {
  const { adminKey, project, otherProject, branches } = setup.neon
  const scoped = (await call('POST', orgKeys(), adminKey, { key_name: 'p', project_id: project.id })).body.key
  const branch = { branch: { name: 'try' }, endpoints: [{ type: 'read_write' }] }
  const { status, body } = await call('POST', `/projects/${project.id}/branches`, scoped, branch)
  expect({ status, name: body.branch.name, password: body.connection_uris[0].connection_parameters.password }).toEqual({
    status: 201,
    name: 'try',
    password: branches.password,
  })
  expect((await call('POST', `/projects/${project.id}/branches`, scoped, branch)).status).toBe(409)
  expect((await call('POST', `/projects/${otherProject.id}/branches`, scoped, branch)).status).toBe(404)
  const [main, made] = (await call('GET', `/projects/${project.id}/branches`, scoped)).body.branches
  expect(main).toMatchObject({ name: 'main', default: true })
  const path = `/projects/${project.id}/branches/${made.id}`
  const { body: role } = await call('GET', `${path}/roles/neondb_owner/reveal_password`, scoped)
  expect(role).toEqual({ password: branches.password })
  expect((await call('DELETE', path, scoped)).status).toBe(200)
  expect((await call('GET', path, scoped)).status).toBe(404)
  expect((await call('DELETE', `/projects/${project.id}/branches/${main.id}`, scoped)).status).toBe(422)
})

test('a list of projects takes an organization: its key, or its ID', async () => {
  const { adminKey, organizationKey, organization } = setup.neon
  const ids = async (path: string, key: string) =>
    (await call('GET', path, key)).body.projects.map(({ id }: { id: string }) => id)
  expect((await call('GET', '/projects', adminKey)).status).toBe(400)
  expect(await ids(`/projects?org_id=${organization.id}`, adminKey)).toEqual([
    'shiny-wind-028834',
    'winter-boat-259881',
  ])
  expect(await ids('/projects', organizationKey)).toEqual(['shiny-wind-028834', 'winter-boat-259881'])
  expect(await ids('/projects/shared', adminKey)).toEqual([])
})

test('last_used_at is updated', async () => {
  const { key } = (await call('POST', '/api_keys', setup.neon.adminKey, { key_name: 'used' })).body
  expect(setup.neon.createdKeys()[0]?.lastUsedAt).toBeNull()
  await call('GET', '/users/me', key)
  expect(Date.parse(setup.neon.createdKeys()[0]?.lastUsedAt ?? '')).toBeGreaterThan(Date.now() - 5_000)
})

test('an answer repeats the request ID of the caller', async () => {
  const response = await fetch(`${setup.host}/auth`, { headers: { 'x-request-id': 'mine' } })
  expect(response.headers.get('x-request-id')).toBe('mine')
  expect(await response.json()).toMatchObject({ request_id: 'mine' })
})

test("a request that Neon's OpenAPI document does not allow is refused", async () => {
  const { status, body } = await call('POST', '/api_keys', setup.neon.adminKey, { key_name: 'x'.repeat(65) })
  expect(status).toBe(400)
  expect(body.message).toContain('must NOT have more than 64 characters')
  expect(setup.neon.requests[0]?.violations).toHaveLength(1)
  setup.neon.requests.length = 0
})

test('past ten organization keys a second: 429', async () => {
  const limited = await startNeon({ rateLimits: true })
  try {
    const path = `/organizations/${limited.neon.organization.id}/api_keys`
    const answers = await Promise.all(
      Array.from({ length: 15 }, (_, index) =>
        call('POST', path, limited.neon.adminKey, { key_name: `k${index}` }, limited.host),
      ),
    )
    const refused = answers.filter(({ status }) => status === 429).length
    expect(refused).toBeGreaterThanOrEqual(3)
    expect(refused).toBeLessThanOrEqual(5)
  } finally {
    await limited.close()
  }
})

test('its own endpoints return the state and accept faults', async () => {
  const control = new URL('/_simulator/', setup.host)
  const fault = { operation: 'getAuthDetails', failure: { kind: 'status', status: 500, applied: false } }
  await fetch(new URL('faults', control), { method: 'POST', body: JSON.stringify(fault) })
  expect((await call('GET', '/auth', setup.neon.adminKey)).status).toBe(500)
  const state = await (await fetch(new URL('state', control))).json()
  expect(state).toMatchObject({ createdKeys: [], requests: [{ method: 'GET', path: '/api/v2/auth', status: 500 }] })
})
