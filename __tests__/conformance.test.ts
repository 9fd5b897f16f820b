// The action's assumptions about Neon (docs/neon.md) hold for the simulated Neon, and each check can fail.

import { type ChildProcess, execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkSimulator, readLiveResults, tableOf } from '../scripts/conformance/results.ts'
import { STATEMENTS } from '../scripts/conformance/statements.ts'
import { withGenerated } from '../scripts/markdown.ts'
import { ROOT } from '../simulator/fixtures.ts'
import type { Neon, NeonResponse, RecordedRequest } from '../simulator/neon/neon.ts'
import type { OperationId } from '../simulator/neon/openapi.ts'
import { preload } from '../simulator/runner/preload.ts'
import { scenario } from './support/scenario.ts'

test('every statement holds for the simulated Neon, and docs/neon.md says so (npm run conformance -- --write)', async () => {
  const results = await checkSimulator()
  expect(Object.values(results).filter((seen) => !seen.startsWith('yes'))).toEqual([])
  const document = readFileSync(join(ROOT, 'docs/neon.md'), 'utf8')
  expect(withGenerated(document, { conformance: tableOf(results, readLiveResults()) })).toBe(document)
})

test('the documents say that nobody has checked Neon itself as long as that is true', () => {
  const nobody = readLiveResults() === undefined
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8').includes('Nobody has done so yet')).toBe(nobody)
  expect(readFileSync(join(ROOT, 'docs/neon.md'), 'utf8').includes('Nobody has run it against Neon yet')).toBe(nobody)
})

describe('a Neon that violates one statement: only this statement fails', () => {
  /** Changes the simulated Neon's answer; `who` is the kind of key in the request. */
  interface Exchange {
    request: RecordedRequest
    response: NeonResponse
    neon: Neon
    who: 'admin' | 'personal' | 'organization' | 'project' | 'nobody'
    /** Whether the request is about its own key. */
    ofItself: boolean
  }
  type Change = (exchange: Exchange) => Partial<NeonResponse> | undefined

  // biome-ignore lint/suspicious/noExplicitAny: the body of any operation.
  type Body = any
  const refusal = (status: number, message = 'otherwise') => ({ status, text: JSON.stringify({ message }) })
  const nameIn = ({ request }: Exchange): string => (request.method === 'POST' ? JSON.parse(request.body).key_name : '')
  const on =
    (operation: OperationId, when: (exchange: Exchange) => boolean, answer: Partial<NeonResponse>): Change =>
    (exchange) =>
      exchange.request.operation === operation && when(exchange) ? answer : undefined
  /** Changes the body of a success. */
  const edit =
    (operation: OperationId, change: (body: Body, neon: Neon) => Body): Change =>
    ({ request, response, neon }) =>
      request.operation === operation && response.status === 200
        ? { text: JSON.stringify(change(JSON.parse(response.text), neon)) }
        : undefined
  const without = (field: string, when = (_body: Body): boolean => true) => {
    return (body: Body): Body => (when(body) ? { ...body, [field]: undefined } : body)
  }
  const eachWithout = (field: string) => (list: Body[]) => list.map(without(field))
  const scoped = ({ project_id }: Body): boolean => project_id !== undefined
  const unscoped = (body: Body): boolean => !scoped(body)

  const CHANGES: [startOfStatement: string, change: Change][] = [
    ['A name may contain slashes', (it) => (nameIn(it).includes('/') ? refusal(400) : undefined)],
    ['A name may have 64', (it) => (nameIn(it).length === 64 ? refusal(400) : undefined)],
    ['A name of 65', (it) => (nameIn(it).length === 65 ? { status: 200 } : undefined)],
    [
      'A name that is already taken',
      ({ response }) => (response.text.includes('another unique name') ? { status: 200 } : undefined),
    ],
    [
      'A key is listed as soon',
      edit('listOrgApiKeys', (list: Body[]) => list.map((item) => ({ ...item, name: item.name.toLowerCase() }))),
    ],
    ['The answer to creating a personal', edit('createApiKey', without('key'))],
    ["The answer to creating an organization's", edit('createOrgApiKey', without('id', unscoped))],
    ['The answer to creating a project-scoped', edit('createOrgApiKey', without('key', scoped))],
    ['The list that has a personal', edit('listApiKeys', eachWithout('created_at'))],
    ["The list that has an organization's", edit('listOrgApiKeys', eachWithout('created_at'))],
    ['The list shows the project', edit('listOrgApiKeys', eachWithout('project_id'))],
    ['The answer to revoking a personal', edit('revokeApiKey', without('revoked'))],
    ["The answer to revoking an organization's", edit('revokeOrgApiKey', without('revoked', unscoped))],
    ['The answer to revoking a project-scoped', edit('revokeOrgApiKey', without('id', scoped))],
    ['The answer to a revocation says when', edit('revokeApiKey', without('last_used_at'))],
    ['A project names', edit('getProject', ({ project }) => ({ project: without('org_id')(project) }))],
    [
      '`GET /auth` calls a personal',
      on('getAuthDetails', ({ who }) => who === 'admin', { text: '{"auth_method":"oauth"}' }),
    ],
    [
      "`GET /auth` calls an organization's",
      on('getAuthDetails', ({ who }) => who === 'organization', { text: '{"auth_method":"api_key"}' }),
    ],
    ['A revoked key is rejected', on('getAuthDetails', ({ who }) => who === 'nobody', { status: 200 })],
    [
      'A revoked key is no longer listed',
      edit('listOrgApiKeys', (list, neon) => [
        ...list,
        ...[...neon.accounts.keys.values()].map(({ id, name, createdAt }) => ({
          id: Number(id),
          name,
          created_at: createdAt,
        })),
      ]),
    ],
    [
      'Revoking a key for the second',
      on('revokeOrgApiKey', ({ response }) => response.text.includes('API key not found'), { status: 409 }),
    ],
    ['A key may revoke itself: a personal', on('revokeApiKey', ({ ofItself }) => ofItself, refusal(403))],
    [
      "A key may revoke itself: an organization's",
      on('revokeOrgApiKey', ({ ofItself, who }) => ofItself && who === 'organization', refusal(403)),
    ],
    [
      "An organization's key may list and revoke",
      on('revokeOrgApiKey', ({ ofItself, who }) => !ofItself && who === 'organization', refusal(403)),
    ],
    ["An organization's key may not create", on('createOrgApiKey', ({ who }) => who === 'organization', refusal(403))],
    [
      "An organization's key may not list",
      on('listApiKeys', ({ who }) => who === 'organization', { status: 200, text: '[]' }),
    ],
    [
      'A project-scoped key may read',
      on('getProject', ({ who, response }) => who === 'project' && response.status === 200, refusal(404)),
    ],
    ['A project-scoped key may neither', on('listOrgApiKeys', ({ who }) => who === 'project', { status: 200 })],
    [
      'A project-scoped key is refused access',
      on('getProject', ({ who, response }) => who === 'project' && response.status === 404, refusal(404)),
    ],
    ['An invalid key', on('listApiKeys', ({ who }) => who === 'nobody', { status: 403 })],
    [
      'A project that does not exist',
      on('getProject', ({ who, response }) => who === 'admin' && response.status === 404, { status: 400 }),
    ],
    [
      'An organization that does not exist',
      on('listOrgApiKeys', ({ response }) => response.status === 403, { text: '<html>' }),
    ],
    [
      'The `X-Request-ID`',
      on('revokeApiKey', ({ response }) => response.status === 404, { ...refusal(404), requestId: 'another' }),
    ],
    [
      'The answer to a request that accepts no compression',
      on('listApiKeys', () => true, { headers: { 'content-encoding': 'gzip' } }),
    ],
    ['An answer has a `Date`', on('getAuthDetails', ({ who }) => who === 'admin', { headers: { date: 'today' } })],
    ['Past its rate limit', ({ response }) => (response.status === 429 ? { status: 503 } : undefined)],
  ]

  test('there is a change for each statement', () => {
    const changed = STATEMENTS.map(({ says }) => CHANGES.filter(([start]) => says.startsWith(start)).length)
    expect(changed).toEqual(STATEMENTS.map(() => 1))
  })

  test.each(CHANGES)('%s…', async (start, change) => {
    const results = await checkSimulator((neon) => {
      const perform = neon.perform.bind(neon)
      neon.perform = (request, address) => {
        const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
        const key = neon.accounts.authenticate(token, address)
        const response = perform(request, address)
        const kind = key && ('user' in key.owner ? 'personal' : key.owner.projectId ? 'project' : 'organization')
        const who = token === neon.adminKey ? 'admin' : (kind ?? 'nobody')
        const ofItself = request.path.endsWith(`/${key?.id}`)
        return { ...response, ...change({ request, response, neon, who, ofItself }) }
      }
    })
    const failed = Object.entries(results).filter(([, seen]) => /^no(:|$)/.test(seen))
    expect(failed.map(([says]) => says)).toEqual([expect.stringContaining(start)])
  })
})

describe('--live', () => {
  const setup = scenario()
  const lapse = preload(['time-lapse'], { TIME_LAPSE: '60' })

  /**
   * Runs the command to its end against a simulated Neon in place of the real one. Some statements are about requests
   * that the OpenAPI document does not allow.
   */
  async function conformance(
    parameters: string[],
    env: Record<string, string> = {},
    onOutput = (_child: ChildProcess) => {},
  ) {
    const command = ['--no-warnings', join(ROOT, 'scripts/conformance/cli.ts'), ...parameters]
    const result = await new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const variables = { ...process.env, ...lapse, NEON_API_KEY: setup.neon.adminKey, ...env }
      const child = execFile(process.execPath, command, { env: variables }, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr }),
      )
      child.stdout?.once('data', () => onOutput(child))
    })
    for (const request of setup.neon.requests) request.violations = []
    setup.neon.violations.length = 0
    return result
  }
  const live = (): string[] => ['--live', '--api-host', setup.host]
  const whole = (): string[] => [
    ...live(),
    '--org-id',
    setup.neon.organization.id,
    '--project-id',
    setup.neon.project.id,
  ]
  test('revokes all its keys, spaces its requests, and finds only the difference that it cannot provoke', async () => {
    const { code, stdout, stderr } = await conformance(whole())
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.match(/^[✓✗?] /gm)).toHaveLength(STATEMENTS.length)
    expect(stdout.match(/the simulator: .*/g)).toEqual(['the simulator: yes: 429 with a `message`, no `Retry-After`'])
    expect(stdout).not.toContain('napi_')
    expect(setup.neon.createdKeys()).toEqual([])
    expect(setup.neon.requests.length).toBeLessThan(110)
    const names = setup.neon.requests
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => JSON.parse(body).key_name)
    expect(names.every((name) => name.startsWith('conformance-'))).toBe(true)
  })

  test('without IDs, statements that need them are not checked', async () => {
    const { code, stdout } = await conformance(live())
    expect(code).toBe(0)
    expect(stdout).toMatch(/not checked: needs --org-id/)
    expect(setup.neon.createdKeys()).toEqual([])
  })

  test('prints where Neon differs from the simulator', async () => {
    const { accounts } = setup.neon
    accounts.onCreate = (key) => {
      key.createdAt = 'today'
    }
    const { code, stdout } = await conformance(live())
    accounts.onCreate = () => {}
    expect(code).toBe(1)
    expect(stdout).toMatch(/^✗ The list that has a personal key .* no: no date\n {4}the simulator: yes: `created_at`/m)
    expect(setup.neon.createdKeys()).toEqual([])
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('%s: revokes all its keys', async (signal) => {
    const stopAt = setup.neon.perform.bind(setup.neon)
    const { code, stderr } = await conformance(whole(), {}, (child) => {
      setup.neon.perform = (request, address) => {
        if (setup.neon.createdKeys().length === 3) child.kill(signal)
        return stopAt(request, address)
      }
    })
    setup.neon.perform = stopAt
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'Stopped.\n' })
    expect(setup.neon.requests.filter(({ method }) => method === 'POST').length).toBeLessThan(10)
    expect(setup.neon.createdKeys()).toEqual([])
  })

  test('names the keys that it could not revoke', async () => {
    setup.inject({ operation: 'revokeApiKey', times: 999, failure: { kind: 'status', status: 403, applied: false } })
    const { code, stderr } = await conformance(live())
    expect(code).toBe(1)
    for (const { id, name } of setup.neon.createdKeys()) expect(stderr).toContain(`${id} (${name})`)
    expect(stderr.trim()).not.toContain('\n')
  })

  test.each<[string, string[], Record<string, string>, number, RegExp]>([
    ['a wrong option', ['--lvie'], {}, 2, /Unknown option '--lvie'/],
    ['a malformed ID', ['--live', '--org-id', 'My Org'], {}, 2, /'My Org' is not an ID of Neon's/],
    ['no key', ['--live'], { NEON_API_KEY: '' }, 2, /NEON_API_KEY/],
    ['no network', ['--live', '--api-host', 'http://127.0.0.1:9'], {}, 1, /ECONNREFUSED/],
    ['an address that is not https', ['--live', '--api-host', 'http://example.com'], {}, 2, /https/],
  ])('%s: one line', async (_case, parameters, env, expected, message) => {
    const { code, stdout, stderr } = await conformance(parameters, env)
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr.trim()).not.toContain('\n')
  })

  test.each([
    ['an invalid key', () => 'napi_no_such_key', /rejected the key/],
    ["an organization's key", () => setup.neon.organizationKey, /has to be a personal key/],
  ])('%s: one line', async (_case, key, message) => {
    const { code, stderr } = await conformance(live(), { NEON_API_KEY: key() })
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
    expect(setup.neon.requests).toHaveLength(1)
  })

  test('--help', async () => {
    expect(await conformance(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--project-id') })
  })
})
