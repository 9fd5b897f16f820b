// The advice for each refusal; bad-input.test.ts and troubleshooting.test.ts have those that a user can provoke here.

import { NeonRefused } from '../src/base/errors.ts'
import { dependsOnAuthMethod, explainRefusal, type Purpose } from '../src/neon/refusals.ts'
import type { RequestedScope } from '../src/neon/scope.ts'

const personal: RequestedScope = { kind: 'personal' }
const organization: RequestedScope = { kind: 'organization', orgId: 'o' }
const project: RequestedScope = { kind: 'project', orgId: 'o', projectId: 'p' }
const unresolved: RequestedScope = { kind: 'unresolved project', projectId: 'p' }

const SCOPED = 'not found outside the project this key is scoped to'
const OF_ORGANIZATION = 'not allowed for organization API keys'
const NO_MEMBER = 'user is not an organization member'

type Case = [status: number, reason: string | undefined, purpose: Purpose, scope: RequestedScope, advice: RegExp]

const ADMIN = 'the personal API key of an admin of the organization'

test.each<Case>([
  [401, 'x', 'create', personal, /^Neon rejected the key in the api_key input: .* Store a valid key in it\. refused$/],
  [
    403,
    undefined,
    'create',
    personal,
    /^The answer did not come from Neon but .* \(Neon's ends in \/api\/v2\), and the proxy\. refused$/,
  ],
  [404, undefined, 'list', organization, /^The answer did not come from Neon/],
  [
    404,
    SCOPED,
    'create',
    personal,
    /has access to one project and cannot create keys\. Store a personal API key in the secret\. refused$/,
  ],
  [404, SCOPED, 'list', personal, /cannot list keys\. Store a personal API key in the secret\./],
  [404, SCOPED, 'create', organization, new RegExp(`cannot create keys\\. Store ${ADMIN} in the secret\\.`)],
  [404, SCOPED, 'list', organization, new RegExp(`Store the organization's own API key or ${ADMIN} in the secret\\.`)],
  [
    404,
    OF_ORGANIZATION,
    'create',
    personal,
    /^The api_key input contains an organization's API key, which can list and revoke keys but not create them: .* Store such a key in the secret\. refused$/,
  ],
  [
    404,
    OF_ORGANIZATION,
    'list',
    personal,
    /cannot list personal keys: set org_id, or store a personal API key of the account whose keys you want to sweep\. refused$/,
  ],
  [
    404,
    NO_MEMBER,
    'create',
    organization,
    new RegExp(
      `^The owner of the api_key is not a member of the organization, or has left it, so no key can be created for the organization o: check org_id, or store ${ADMIN} in the secret\\. refused$`,
    ),
  ],
  [
    404,
    'x',
    'create',
    organization,
    /^The organization o was not found, or the owner of the api_key is not an admin there: check org_id\. Creating the key requires the personal/,
  ],
  [
    403,
    'x',
    'create',
    project,
    /^The project p of organization o was not found, .*: check org_id and project_id\. Creating/,
  ],
  [
    404,
    'x',
    'create',
    unresolved,
    /^The project p was not found with this key: .* can see the project\. Creating a key for it requires the personal API key of an admin of its organization\. refused$/,
  ],
  [404, 'x', 'list', unresolved, /^The project p was not found with this key: .* can see the project\. refused$/],
  [
    404,
    'x',
    'list',
    organization,
    /^The keys of the organization o are not visible to the api_key: check org_id\. .* one of its admins\. refused$/,
  ],
  [404, NO_MEMBER, 'list', organization, /^The keys of the organization o are not visible/],
  // Nothing to add.
  [404, 'x', 'create', personal, /^refused$/],
  [400, 'x', 'create', organization, /^refused$/],
  [400, undefined, 'create', organization, /^refused$/],
  [409, NO_MEMBER, 'create', organization, /^refused$/],
])('%i %s, to %s keys of %j', (status, reason, purpose, scope, advice) => {
  const explained = explainRefusal(new NeonRefused('refused', status, reason), { purpose, scope })
  expect(explained.message).toMatch(advice)
  expect(explained).toMatchObject({ status, reason })
})

test('the kind of the key, which GET /auth tells, matters for a refused create in an organization', () => {
  const advice = (method: string, scope: RequestedScope, status = 404) =>
    explainRefusal(new NeonRefused('refused', status, 'x'), { purpose: 'create', scope }, method).message
  expect(advice('api_key_org', organization)).toMatch(/^The api_key input contains an organization's API key/)
  expect(advice('api_key_user', organization)).toMatch(/^The organization o was not found/)
  expect(advice('api_key_org', personal)).toBe('refused')
  expect(advice('api_key_org', organization, 400)).toBe('refused')
})

test.each<[number, string | undefined, Purpose, RequestedScope, boolean]>([
  [404, 'x', 'create', organization, true],
  [403, 'x', 'create', unresolved, true],
  [404, 'x', 'list', organization, false],
  [404, 'x', 'create', personal, false],
  [404, undefined, 'create', organization, false],
  [401, 'x', 'create', organization, false],
  [404, SCOPED, 'create', organization, false],
  [404, OF_ORGANIZATION, 'create', organization, false],
])('%i %s, to %s keys of %j: it is asked for: %s', (status, reason, purpose, scope, asked) =>
  expect(dependsOnAuthMethod(new NeonRefused('refused', status, reason), { purpose, scope })).toBe(asked),
)
