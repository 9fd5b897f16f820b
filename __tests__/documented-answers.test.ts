// Neon's documents disagree about the fields of an answer. The action accepts all of them: each example answer
// verbatim, whole lives against a Neon of each edition, and the table of incomplete answers in docs/behavior.md.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parse } from 'yaml'
import type { Key } from '../simulator/neon/accounts.ts'
import { EDITIONS, type Edition } from '../simulator/neon/editions.ts'
import { CREATED, LISTED, PROJECTS, REFUSED, REVOKED } from './neon-documented-answers.ts'
import { errorsOf, requestsOf, type Scenario, scenario } from './support/scenario.ts'

const SCOPES: [scope: string, inputs: (it: Scenario) => Record<string, string>][] = [
  ['personal', () => ({ scope: 'personal' })],
  ['organization', ({ neon }) => ({ org_id: neon.organization.id })],
  ['project', ({ neon }) => ({ org_id: neon.organization.id, project_id: neon.project.id })],
]
const inputsOf = (operation: string, setup: Scenario): Record<string, string> =>
  (operation.includes('Org') ? SCOPES[1] : SCOPES[0])?.[1](setup) ?? {}

describe('verbatim', () => {
  const setup = scenario({ timeLapse: 20 })
  afterEach(() => {
    setup.neon.accounts.onCreate = () => {}
  })

  /** Gives the next key the ID of a documented answer, so that Neon finds it by this ID. */
  function nextKeyIs({ id }: { id: number }): void {
    const { accounts } = setup.neon
    accounts.onCreate = (key) => {
      accounts.keys.delete(key.id)
      key.id = String(id)
      accounts.keys.set(key.id, key)
    }
  }

  test.each(CREATED)('a create: $operation, $source', async ({ operation, asked, body }) => {
    const answer = JSON.parse(body)
    nextKeyIs(answer)
    setup.inject({ operation, failure: { kind: 'body', body } })
    const project = asked?.projectId === undefined ? {} : { project_id: setup.neon.project.id }
    const { main, post } = await setup.life({ ...inputsOf(operation, setup), ...project })
    expect(post.exitCode).toBe(0)
    expect(setup.neon.createdKeys()).toEqual([])
    expect(setup.neon.requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
    if (asked?.projectId !== undefined) {
      // The guide's example answers with a project other than the requested one: steps do not get such a key.
      expect(main.exitCode).toBe(1)
      return
    }
    expect(main).toMatchObject({ exitCode: 0, outputs: { api_key: answer.key, api_key_id: String(answer.id) } })
    // The answer's name, if any, differs from the requested one: the list has to confirm that it is our key.
    expect(requestsOf(setup.neon)).toEqual([
      'POST 200',
      ...(answer.name === undefined ? [] : ['GET 200']),
      'DELETE 200',
    ])
    expect(main.commands.filter(({ command }) => command === 'warning')).toEqual([])
  })

  const echoes = CREATED.filter(({ asked, body }) => JSON.parse(body).name === asked?.name)
  test.each(echoes)('a create that repeats the name: $operation, $source', async ({ operation, body }) => {
    const { name, ...fields } = JSON.parse(body)
    nextKeyIs(fields)
    setup.inject({ operation, failure: { kind: 'fields', fields } })
    const { main } = await setup.life(inputsOf(operation, setup))
    expect(main.exitCode).toBe(0)
    expect(requestsOf(setup.neon)).toEqual(['POST 200', 'DELETE 200'])
  })

  test.each(LISTED)('a list: $operation, $source', async ({ operation, body }) => {
    setup.inject({ operation: operation === 'listApiKeys' ? 'createApiKey' : 'createOrgApiKey', failure: RESET })
    setup.inject({ operation, failure: { kind: 'body', body } })
    const { main, post } = await setup.life(inputsOf(operation, setup))
    expect([main.exitCode, post.exitCode]).toEqual([0, 0])
    expect(requestsOf(setup.neon).slice(0, 3)).toEqual(['POST no answer', 'GET 200', 'POST 200'])
    const [, key] = /"key":"(\w+)"/.exec(body) ?? []
    if (key !== undefined) expect(masksOf(main)).toContain(key)
  })

  test.each(REVOKED)('a revocation: $operation, $source', async ({ operation, body }) => {
    const answer = JSON.parse(body)
    nextKeyIs(answer)
    setup.inject({ operation, failure: { kind: 'body', body } })
    const { post } = await setup.life(inputsOf(operation, setup))
    expect(post.exitCode).toBe(0)
    expect(requestsOf(setup.neon)).toEqual(['POST 200', 'DELETE 200'])
    expect(post.log.join()).toContain(answer.last_used_at ?? 'It was never used')
    expect(post.log.join()).not.toContain(answer.last_used_from_addr || 'no address')
  })

  test.each(PROJECTS)('a project: $source', async ({ operation, body }) => {
    const { id, org_id } = JSON.parse(body).project
    if (org_id !== undefined) {
      const organization = setup.neon.accounts.addOrganization(org_id, [[setup.neon.ada, 'admin']])
      setup.neon.accounts.addProject(id, organization)
    }
    setup.inject({ operation, failure: { kind: 'body', body } })
    const { main } = await setup.life({ project_id: id })
    expect(requestsOf(setup.neon)).toEqual(['GET 200', ...(org_id === undefined ? [] : ['POST 200', 'DELETE 200'])])
    if (org_id === undefined) expect(errorsOf(main).join()).toContain('belongs to no organization')
    else expect(setup.neon.requests[1]?.path).toContain(`/organizations/${org_id}/`)
  })

  test.each(REFUSED)('a refusal: $source', async ({ operation, status = 0, body }) => {
    setup.inject({ operation, failure: { kind: 'status', status, applied: false, body } })
    const inputs = operation === 'getProject' ? { project_id: setup.neon.project.id } : inputsOf(operation, setup)
    const { main, post } = await setup.life(inputs)
    expect([main.exitCode, post.exitCode]).toEqual([1, 0])
    expect(setup.neon.requests.filter(({ path }) => !path.endsWith('/auth'))).toHaveLength(1)
    const { message } = JSON.parse(body)
    const [error = ''] = errorsOf(main)
    expect(error).toContain(message)
    if (message.includes('scoped to')) expect(error).toMatch(/api_key\b.*project-scoped/s)
    if (message.includes('organization API keys')) expect(error).toMatch(/api_key\b.*organization's API key/s)
  })

  test('the examples of the OpenAPI document are those of the installed document', () => {
    const file = createRequire(import.meta.url).resolve('@neondatabase/api-client/public-v2-for-users.gen.yaml')
    const operations = Object.values(parse(readFileSync(file, 'utf8'), { merge: true }).paths).flatMap(
      // biome-ignore lint/suspicious/noExplicitAny: an operation of an OpenAPI document.
      (item) => Object.values(item as object) as any[],
    )
    const ours = [CREATED, LISTED, REVOKED, PROJECTS].flat().filter(({ source }) => source.startsWith('@neondatabase'))
    expect(ours).toHaveLength(7)
    for (const { operation, body } of ours) {
      const { schema, example = schema.example } = operations.find((one) => one.operationId === operation)
        .responses[200].content['application/json']
      expect(JSON.parse(body)).toEqual(example)
    }
  })
})

/** The editions and scopes in which the answer to a create is incomplete, so that a list has to settle it. */
const settledByList = (edition: Edition, scope: string): boolean =>
  edition === 'reference' || (edition === 'least' && scope === 'project')

describe.each(Object.keys(EDITIONS) as Edition[])('against a Neon as of: %s', (edition) => {
  const setup = scenario({ timeLapse: 20, edition })

  test.each(SCOPES)('the life of a key: %s', async (scope, inputs) => {
    const { main, post } = await setup.life(inputs(setup))
    expect([main.exitCode, post.exitCode]).toEqual([0, 0])
    const list = settledByList(edition, scope) ? ['GET 200'] : []
    expect(requestsOf(setup.neon)).toEqual(['POST 200', ...list, 'DELETE 200'])
    expect(setup.neon.createdKeys()).toEqual([])
    expect(setup.neon.accounts.keys.get(main.outputs.api_key_id ?? '')?.name).toBe(main.outputs.api_key_name)
    expect(main.commands.filter(({ command }) => command === 'warning')).toEqual([])
  })

  test.each(SCOPES)('a create whose answer is lost: %s', async (scope, inputs) => {
    setup.inject({
      operation: scope === 'personal' ? 'createApiKey' : 'createOrgApiKey',
      failure: { kind: 'reset', applied: true },
    })
    const job = setup.job()
    const main = await setup.main(job, inputs(setup))
    expect(main.exitCode).toBe(0)
    expect(setup.neon.createdKeys().map(({ id }) => id)).toEqual([main.outputs.api_key_id])
    const [post] = await job.end()
    expect(post?.exitCode).toBe(0)
    expect(setup.neon.createdKeys()).toEqual([])
    if (edition === 'guide of 2024' && scope !== 'personal') {
      expect(masksOf(main)).toContain('neon_org_key_abcdef1234567890abcdef1234567890')
    }
  })

  test('a second revocation is settled by the list', async () => {
    setup.inject({ operation: 'revokeOrgApiKey', failure: { kind: 'reset', applied: true } })
    const { post } = await setup.life({ org_id: setup.neon.organization.id })
    expect(post.exitCode).toBe(0)
    expect(requestsOf(setup.neon).slice(-2)).toEqual(['DELETE 404', 'GET 200'])
  })
})

describe('an incomplete answer to a create', () => {
  const setup = scenario({ timeLapse: 20 })
  afterEach(() => {
    setup.neon.accounts.onCreate = () => {}
  })
  const project = () => SCOPES[2]?.[1](setup) ?? {}

  test.each<[string, (key: Key) => void]>([
    ['none', ({ owner }) => 'organization' in owner && delete owner.projectId],
    ['another', ({ owner }) => 'organization' in owner && Object.assign(owner, { projectId: 'winter-boat-259881' })],
  ])('no project, and the list has %s: revoked, and main fails', async (_listed, change) => {
    setup.neon.accounts.onCreate = change
    setup.inject({ operation: 'createOrgApiKey', failure: { kind: 'fields', fields: { project_id: undefined } } })
    const { main, post } = await setup.life(project())
    expect([main.exitCode, post.exitCode]).toEqual([1, 0])
    expect(errorsOf(main)).toEqual([expect.stringContaining(setup.neon.project.id)])
    expect(requestsOf(setup.neon).slice(0, 3)).toEqual(['POST 200', 'GET 200', 'DELETE 200'])
    expect(setup.neon.createdKeys()).toEqual([])
    expect(main.exported).toEqual({})
  })

  test('no project, and the list has it: accepted', async () => {
    setup.inject({ operation: 'createOrgApiKey', failure: { kind: 'fields', fields: { project_id: undefined } } })
    const { main } = await setup.life(project())
    expect(main.exitCode).toBe(0)
    expect(requestsOf(setup.neon)).toEqual(['POST 200', 'GET 200', 'DELETE 200'])
  })

  test('another project: revoked, and main fails', async () => {
    const fields = { project_id: setup.neon.otherProject.id }
    setup.inject({ operation: 'createOrgApiKey', failure: { kind: 'fields', fields } })
    const { main, post } = await setup.life(project())
    expect([main.exitCode, post.exitCode]).toEqual([1, 0])
    expect(errorsOf(main)).toEqual([
      expect.stringMatching(
        /The request was for a key for the project shiny-wind-028834, but Neon created .* winter-boat-259881, so it was revoked/,
      ),
    ])
    expect(requestsOf(setup.neon).slice(0, 2)).toEqual(['POST 200', 'DELETE 200'])
    expect(setup.neon.createdKeys()).toEqual([])
    expect(main.exported).toEqual({})
  })

  test('another project: main itself revokes the key, and does not leave it to post', async () => {
    const fields = { project_id: setup.neon.otherProject.id }
    setup.inject({ operation: 'createOrgApiKey', failure: { kind: 'fields', fields } })
    await setup.main(setup.job(), project())
    expect(setup.neon.createdKeys()).toEqual([])
  })

  test('another project and another name, and the key cannot be revoked: post names its ID', async () => {
    const fields = { project_id: setup.neon.otherProject.id, name: 'other' }
    setup.inject({ operation: 'createOrgApiKey', failure: { kind: 'fields', fields } })
    setup.inject({ operation: 'revokeOrgApiKey', times: 9, failure: { kind: 'status', status: 403, applied: false } })
    const { post } = await setup.life(project())
    const [key] = setup.neon.createdKeys()
    expect(errorsOf(post)).toEqual([expect.stringContaining(`neon api-keys revoke ${key?.id} `)])
  })

  test('another name, and the list has the one asked for: accepted', async () => {
    setup.inject({ operation: 'createApiKey', failure: { kind: 'fields', fields: { name: 'other' } } })
    const { main } = await setup.life()
    expect(main.exitCode).toBe(0)
    expect(requestsOf(setup.neon)).toEqual(['POST 200', 'GET 200', 'DELETE 200'])
    expect(main.commands.filter(({ command }) => command === 'warning')).toEqual([])
  })

  test('another name, and the list has it too: accepted, with a warning that the sweep cannot recognize the key', async () => {
    setup.neon.accounts.onCreate = (key) => {
      key.name = 'other'
    }
    const { main, post } = await setup.life()
    expect([main.exitCode, post.exitCode]).toEqual([0, 0])
    expect(requestsOf(setup.neon)).toEqual(['POST 200', 'GET 200', 'DELETE 200'])
    expect(main.commands.filter(({ command }) => command === 'warning')).toEqual([
      expect.objectContaining({ message: expect.stringContaining('sweep') }),
    ])
    expect(setup.neon.createdKeys()).toEqual([])
  })

  test('another name, and main cannot list: post finds the key by the ID in the answer', async () => {
    setup.neon.accounts.onCreate = (key) => {
      key.name = 'other'
    }
    setup.inject({ operation: 'listApiKeys', failure: { kind: 'status', status: 403, applied: false } })
    const { main, post } = await setup.life()
    expect([main.exitCode, post.exitCode]).toEqual([1, 0])
    expect(setup.neon.createdKeys()).toEqual([])
  })

  test("somebody else's answer: our key is revoked, theirs is left alone, and another is created", async () => {
    const { accounts, ada } = setup.neon
    const theirs = accounts.createKey({ user: ada }, 'of another client', ada)
    const fields = { id: Number(theirs.key.id), name: theirs.key.name, key: theirs.token }
    setup.inject({ operation: 'createApiKey', failure: { kind: 'fields', fields } })
    const job = setup.job()
    const main = await setup.main(job)
    expect(main.exitCode).toBe(0)
    expect(main.outputs.api_key).not.toBe(theirs.token)
    expect(masksOf(main)).toContain(theirs.token)
    expect(setup.neon.createdKeys().map(({ id }) => id)).toEqual([theirs.key.id, main.outputs.api_key_id])
    await job.end()
    expect(setup.neon.createdKeys().map(({ id }) => id)).toEqual([theirs.key.id])
  })
})

const RESET = { kind: 'reset', applied: false } as const

/** The values that a step masked. */
function masksOf({ commands }: { commands: { command: string; message: string }[] }): string[] {
  return commands.filter(({ command }) => command === 'add-mask').map(({ message }) => message)
}
