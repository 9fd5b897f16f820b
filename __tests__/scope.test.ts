import {
  canRevokeItself,
  describeScope,
  keysPath,
  NEON_ID,
  type RequestedScope,
  type Scope,
} from '../src/neon/scope.ts'

const personal: Scope = { kind: 'personal' }
const organization: Scope = { kind: 'organization', orgId: 'o' }
const project: Scope = { kind: 'project', orgId: 'o', projectId: 'p' }

test.each<[RequestedScope, string]>([
  [personal, 'personal account'],
  [organization, 'organization o'],
  [project, 'project p of organization o'],
  [{ kind: 'unresolved project', projectId: 'p' }, 'project p'],
])('%j is the %s', (scope, text) => expect(describeScope(scope)).toBe(text))

test.each<[Scope, string, boolean]>([
  [personal, '/api_keys', true],
  [organization, '/organizations/o/api_keys', true],
  [project, '/organizations/o/api_keys', false],
])('keys of %j are under %s; they can revoke themselves: %s', (scope, path, itself) => {
  expect(keysPath(scope)).toBe(path)
  expect(canRevokeItself(scope)).toBe(itself)
})

test.each<[string, boolean]>([
  ['a', true],
  ['org-cool-breeze-12345678', true],
  ['a'.repeat(60), true],
  ['a'.repeat(61), false],
  ['', false],
  ['A', false],
  ['a b', false],
  ['/a', false],
  ['a/', false],
  ['a\n', false],
])('%j can be an ID of Neon: %s', (id, can) => expect(NEON_ID.test(id)).toBe(can))
