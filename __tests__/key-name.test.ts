import fc from 'fast-check'
import {
  formatKeyName,
  KEY_NAME_MAX_LENGTH,
  type KeyName,
  newKeyName,
  newNonce,
  parseKeyName,
  serverTag,
} from '../src/github/key-name.ts'

const characters = (alphabet: string, size: { minLength: number; maxLength: number }): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...alphabet), size).map((chosen) => chosen.join(''))

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const id = fc.bigInt({ min: 1n, max: 10n ** 11n }).map(String)
const label = characters('abcXYZ019._-', { minLength: 0, maxLength: 80 })
const keyName: fc.Arbitrary<KeyName> = fc.record({
  server: fc.oneof(
    fc.constant('gha'),
    characters('0123456789abcdef', { minLength: 4, maxLength: 4 }).map((hex) => `gha-${hex}`),
  ),
  repositoryId: id,
  runId: id,
  runAttempt: fc.integer({ min: 1, max: 9_999 }).map(String),
  jobId: fc.oneof(fc.constant('0'), id),
  nonce: characters(BASE32, { minLength: 8, maxLength: 8 }),
  label,
})

test('a formatted name parses to the same parts, except for a cut label', () => {
  fc.assert(
    fc.property(keyName, (parts) => {
      const name = formatKeyName(parts)
      const parsed = parseKeyName(name)
      expect(name.length).toBeLessThanOrEqual(KEY_NAME_MAX_LENGTH)
      expect(parsed).toEqual({ ...parts, label: parsed?.label })
      expect(parts.label.startsWith(parsed?.label ?? 'x')).toBe(true)
      // The label is cut no more than necessary.
      if (parsed?.label !== parts.label) expect(name.length).toBeGreaterThanOrEqual(KEY_NAME_MAX_LENGTH - 1)
    }),
  )
})

/** What the table *Key name* of docs/behavior.md says, without the regular expression of the code. */
function isName(text: string): boolean {
  const consistsOf = (part: string, alphabet: string): boolean =>
    part !== '' && [...part].every((c) => alphabet.includes(c))
  const isNumber = (part = ''): boolean => consistsOf(part, '0123456789') && !part.startsWith('0')
  const [server = '', repositoryId, runId, attempt, jobId, nonce = '', label, ...more] = text.split('/')
  const hash = server.slice('gha-'.length)
  return (
    text.length <= 64 &&
    (server === 'gha' || (server === `gha-${hash}` && hash.length === 4 && consistsOf(hash, '0123456789abcdef'))) &&
    [repositoryId, runId, attempt].every(isNumber) &&
    (jobId === '0' || isNumber(jobId)) &&
    nonce.length >= 8 &&
    consistsOf(nonce, BASE32) &&
    (label === undefined || consistsOf(label, `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-`)) &&
    more.length === 0
  )
}

/** Changes one place of a name. */
const change = fc.constantFrom<(name: string, at: number, character: string) => string>(
  (name, at, character) => name.slice(0, at) + character + name.slice(at),
  (name, at, character) => name.slice(0, at) + character + name.slice(at + 1),
  (name, at) => name.slice(0, at) + name.slice(at + 1),
  (name, at) => name.slice(0, at),
  (name, at) => name.slice(at),
  // A part is repeated, missing or empty, or has another case.
  (name, at) =>
    name
      .split('/')
      .flatMap((part, index) => (index === at % 7 ? [part, part] : part))
      .join('/'),
  (name, at) =>
    name
      .split('/')
      .filter((_part, index) => index !== at % 7)
      .join('/'),
  (name, at) =>
    name
      .split('/')
      .map((part, index) => (index === at % 7 ? '' : part))
      .join('/'),
  (name, at) =>
    name
      .split('/')
      .map((part, index) => (index === at % 7 ? part.toUpperCase() : part))
      .join('/'),
)

test('a name with one change is ours only if it still matches the grammar, which has one spelling for everything', () => {
  let ours = 0
  const character = fc.constantFrom(...'/-._0189agzAZ \n\té:@％٣')
  fc.assert(
    fc.property(keyName, change, fc.nat(64), character, (parts, apply, at, inserted) => {
      const text = apply(formatKeyName(parts), at, inserted)
      const parsed = parseKeyName(text)
      expect({ text, ours: parsed !== undefined }).toEqual({ text, ours: isName(text) })
      if (parsed) expect(formatKeyName(parsed)).toBe(text)
      if (parsed) ours += 1
    }),
    { numRuns: 2_000 },
  )
  // Both kinds of changes occur often.
  expect(ours).toBeGreaterThan(200)
  expect(ours).toBeLessThan(1_800)
})

test.each([
  'GHA/1/2/3/4/abcdefgh/x',
  'gha-12g4/1/2/3/4/abcdefgh/x',
  'gha-123/1/2/3/4/abcdefgh/x',
  'gha/01/2/3/4/abcdefgh/x',
  'gha/1/2/3/04/abcdefgh/x',
  'gha/1/2/3//abcdefgh/x',
  'gha/1/2/3/abcdefgh/x',
  'gha/1/2/0/4/abcdefgh/x',
  'gha/1/2/3/4/abcdefg/x',
  'gha/1/2/3/4/abcdefg1/x',
  'gha/1/2/3/4/abcdefgh/',
  'gha/1/2/3/4/abcdefgh/x/y',
  'gha/1/2/4/abcdefgh/x',
  'xgha/1/2/3/4/abcdefgh/x',
  `gha/1/2/3/4/abcdefgh/${'x'.repeat(44)}`,
])('not ours: %s', (name) => expect(parseKeyName(name)).toBeUndefined())

test('other characters in a label become hyphens', () => {
  const name = formatKeyName({
    server: 'gha',
    repositoryId: '1',
    runId: '2',
    runAttempt: '3',
    jobId: '4',
    nonce: 'abcdefgh',
    label: 'shop.build & test',
  })
  expect(name).toBe('gha/1/2/3/4/abcdefgh/shop.build-test')
})

test.each([21, 22])('a label without room is omitted with its slash: %i digits', (digits) => {
  const parts = {
    server: 'gha-0f0f',
    runId: '2'.repeat(19),
    runAttempt: '3',
    jobId: '4',
    nonce: 'abcdefgh',
    label: 'shop.test',
  }
  const name = formatKeyName({ ...parts, repositoryId: '1'.repeat(digits) })
  expect(name).toHaveLength(KEY_NAME_MAX_LENGTH - 22 + digits)
  expect(name).toMatch(/\/abcdefgh$/)
})

test('numbers that are too long are an error, not a cut name', () => {
  const parts = { server: 'gha', runId: '2'.repeat(30), runAttempt: '3', jobId: '4', nonce: 'abcdefgh', label: '' }
  expect(() => formatKeyName({ ...parts, repositoryId: '1'.repeat(30) })).toThrow(
    /^cannot name an API key 'gha\/1{30}\//,
  )
})

test('nonces are forty bits of base32 and do not repeat', () => {
  const nonces = Array.from({ length: 10_000 }, newNonce)
  expect(new Set(nonces).size).toBe(nonces.length)
  for (const nonce of nonces) expect(nonce).toMatch(/^[a-z2-7]{8}$/)
})

test('each character of a nonce can be any of the 32', () => {
  const nonces = Array.from({ length: 2_000 }, newNonce)
  for (let place = 0; place < 8; place++) expect(new Set(nonces.map((nonce) => nonce[place])).size).toBe(32)
})

test('servers', () => {
  expect(serverTag('https://github.com')).toBe('gha')
  // printf git.example.com | sha256sum
  expect(serverTag('https://git.example.com')).toBe('gha-2f74')
  expect(serverTag('https://GIT.example.com/')).toBe('gha-2f74')
  expect(serverTag('https://git.example.com:8443')).toBe('gha-b81b')
  expect(serverTag('https://git.example.com')).not.toBe(serverTag('https://git.example.org'))
})

test('the label leaves out what the runner does not provide', () => {
  const run = { serverUrl: 'https://github.com', repositoryId: '1', runId: '2', runAttempt: '3', jobId: '4' }
  const labelOf = (repositoryName: string, jobName: string): string =>
    parseKeyName(newKeyName({ ...run, repositoryName, jobName }))?.label ?? ''
  expect([labelOf('shop', 'test'), labelOf('', 'test'), labelOf('shop', '')]).toEqual(['shop.test', 'test', 'shop'])
})
