// Main's creates, answer by answer: which requests follow, what is saved for post before each, and what the log says.

import type { HttpResponse } from '../src/base/http.ts'
import type { Scope } from '../src/neon/scope.ts'
import { createAndConfirm } from '../src/steps/create-and-confirm.ts'
import { answer, created, listed, refusal, revoked, scriptedNeon, withoutRequestIds } from './support/scripted-neon.ts'

/** What happened, in order: requests, saves, lines of log, and the result. */
async function run(answers: HttpResponse[], scope: Scope = { kind: 'personal' }) {
  const happened: string[] = []
  const note = (text: string): void => void happened.push(withoutRequestIds(text))
  const { neon, requests, waits } = scriptedNeon(...answers)
  const flush = (): void => {
    for (const request of requests.splice(0)) note(request.replace(/ .*\/api_keys/, ' …'))
    for (const wait of waits.splice(0)) note(`wait: ${wait}`)
  }
  const noted =
    (kind: string) =>
    (...parts: unknown[]): void => {
      flush()
      note(`${kind}: ${parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' | ')}`)
    }
  const result = await createAndConfirm({
    runner: { info: noted('log'), warning: noted('warning') },
    names: ['a', 'b', 'c'],
    neon,
    keys: neon.keysOf(scope),
    journal: { saveDoubtful: noted('doubtful'), saveCreated: async (...saved) => noted('created')(...saved) },
  }).then(JSON.stringify, (error) => `${error.name}: ${error.message}`)
  flush()
  note(result)
  return happened
}

const FAILED = answer({}, 500)
const SEVEN = '{"id":"7","name":"a","key":"fresh-key-7"}'
const EIGHT = '{"id":"8","name":"b","key":"fresh-key-8"}'
const post = (name: string) => `POST … {"key_name":"${name}"}`
const LOOKING = 'The key may still exist; looking for it by its name'
const why = 'Neon failed to create the API key (500, request r)'
const wait = (what: string, seconds: string) =>
  `wait: ${what}; a new one is created under another name. Trying again in ${seconds} s.`

/** The key 6 is found under the name a and revoked; then 8 is created under the name b. */
const RECOVERED = [
  'GET …',
  'doubtful: [{"name":"a"}]',
  'DELETE …/6',
  wait('It existed and was revoked', '0.3'),
  'doubtful: [{"name":"a"},{"name":"b"}]',
  post('b'),
  `created: ${EIGHT} | [{"name":"a"}]`,
  EIGHT,
]

test('a create', async () => {
  expect(await run([created(7)])).toEqual(['doubtful: [{"name":"a"}]', post('a'), `created: ${SEVEN} | []`, SEVEN])
})

test('a create that may have been applied: its key is revoked, and another is created', async () => {
  expect(await run([FAILED, listed([6, 'a'], [5, 'other']), revoked(6), created(8)])).toEqual([
    'doubtful: [{"name":"a"}]',
    post('a'),
    `log: ${why}. ${LOOKING}, a.`,
    ...RECOVERED,
  ])
})

test('three creates that may have been applied are the last', async () => {
  const gaveUp = `${why}. No such key exists so far. Gave up after 3 such attempts, since each may leave a key.`
  const happened = await run([FAILED, listed(), FAILED, listed(), FAILED, listed()])
  expect(happened.filter((text) => /^(POST|GET|DELETE|wait|GaveUp)/.test(text))).toEqual([
    ...[post('a'), 'GET …', wait('No such key exists so far', '0.3')],
    ...[post('b'), 'GET …', wait('No such key exists so far', '0.5')],
    ...[post('c'), 'GET …', `GaveUp: ${gaveUp}`],
  ])
})

test('a create that was not applied is repeated under the same name', async () => {
  const waiting = (seconds: string) =>
    `wait: Neon could not create the API key now: "it is 423" (423, request r). Trying again in ${seconds} s.`
  expect(await run([refusal(423), refusal(423), refusal(423), created(7)])).toEqual([
    'doubtful: [{"name":"a"}]',
    ...[post('a'), post('a'), post('a'), post('a')],
    ...[waiting('0.3'), waiting('0.5'), waiting('1.0')],
    `created: ${SEVEN} | []`,
    SEVEN,
  ])
})

test('a refusal leaves no key', async () => {
  expect(await run([refusal(400)])).toEqual([
    'doubtful: [{"name":"a"}]',
    post('a'),
    'doubtful: []',
    'NeonRefused: Neon refused to create the API key: "it is 400" (400, request r).',
  ])
})

test('a refusal after an answer that asked to repeat may mean that the name is in use: the key may exist', async () => {
  const taken = answer({ message: 'It is in use. Try another', code: '' }, 409)
  expect(await run([refusal(503), taken, listed([6, 'a']), revoked(6), created(8)])).toEqual([
    'doubtful: [{"name":"a"}]',
    ...[post('a'), post('a')],
    'wait: Neon could not create the API key now: "it is 503" (503, request r). Trying again in 0.3 s.',
    `log: Neon refused to create the API key: "It is in use. Try another" (409, request r). ${LOOKING}, a.`,
    ...RECOVERED,
  ])
})

test('invalid answers twice in a row stop; with another answer in between they do not', async () => {
  const invalid = answer({ id: 7 })
  const twice = await run([invalid, listed(), invalid, listed()])
  expect(twice.at(-1)).toMatch(
    /^InvalidAnswer: Could not create the API key: Neon answered with JSON without an API key \(200, request r\), for the second time\./,
  )
  expect((await run([invalid, listed(), refusal(503), invalid, listed(), created(9)])).at(-1)).toBe(
    '{"id":"9","name":"c","key":"fresh-key-9"}',
  )
  expect((await run([invalid, listed(), FAILED, listed(), created(9)])).at(-1)).toMatch(/^{"id":"9"/)
})

test('a refusal after an answer that asked to repeat does not count as an invalid answer', async () => {
  const invalid = answer({ id: 7 })
  const happened = await run([refusal(503), refusal(409), listed(), invalid, listed(), created(9)])
  expect(happened.at(-1)).toMatch(/^{"id":"9"/)
})

describe('an answer with another name', () => {
  const other = created(7, { name: 'x' })
  const CLAIM = '{"name":"a","answeredId":"7"}'

  test('and the list has the requested one', async () => {
    expect(await run([other, listed([7, 'a'])])).toEqual([
      'doubtful: [{"name":"a"}]',
      post('a'),
      `doubtful: [${CLAIM}]`,
      'GET …',
      `created: ${SEVEN} | []`,
      SEVEN,
    ])
  })

  test('and so has the list: a sweep cannot recognize it', async () => {
    const named = '{"id":"7","name":"x","key":"fresh-key-7"}'
    expect(await run([other, listed([7, 'x'])])).toEqual([
      'doubtful: [{"name":"a"}]',
      post('a'),
      `doubtful: [${CLAIM}]`,
      'GET …',
      `created: ${named} | []`,
      'warning: Neon created the API key 7 under a name other than the requested one. It is revoked when this job ends, but a sweep cannot recognize it. | The Neon API key has an unexpected name',
      named,
    ])
  })

  test("is about somebody else's key if the list has the requested name under another ID", async () => {
    const happened = await run([other, listed([7, 'x'], [8, 'a']), listed([7, 'x'], [8, 'a']), revoked(8), created(9)])
    expect(happened.slice(2)).toEqual([
      `doubtful: [${CLAIM}]`,
      ...['GET …', `log: Could not create the API key a: Neon answered about another one, 7. ${LOOKING}, a.`],
      ...['GET …', 'doubtful: [{"name":"a"}]', 'DELETE …/8'],
      wait('It existed and was revoked', '0.3'),
      ...['doubtful: [{"name":"a"},{"name":"b"}]', post('b')],
      'created: {"id":"9","name":"b","key":"fresh-key-9"} | [{"name":"a"}]',
      '{"id":"9","name":"b","key":"fresh-key-9"}',
    ])
  })

  test('twice in a row stops', async () => {
    const [a, b] = [listed([8, 'a']), listed([9, 'b'])]
    const happened = await run([other, a, a, revoked(8), other, b, b, revoked(9)])
    expect(happened.at(-1)).toMatch(/^InvalidAnswer: .* Neon answered about another one, 7, for the second time\./)
  })
})

describe('a key that is wider than requested', () => {
  const scope: Scope = { kind: 'project', orgId: 'o', projectId: 'p' }

  test('is revoked, and main stops', async () => {
    const happened = await run([created(7), listed([7, 'a']), revoked(7)], scope)
    expect(happened.slice(2)).toEqual([
      `created: ${SEVEN} | []`,
      ...['GET …', 'DELETE …/7'],
      expect.stringMatching(
        /^WrongScope: .* no project, so it was revoked at once\. Check project_id, and run the job/,
      ),
    ])
  })

  test('and has another name is recorded before it is revoked', async () => {
    const other = created(7, { name: 'x', project_id: 'q' })
    const happened = await run([other, listed([7, 'x', 'q']), revoked(7)], scope)
    expect(happened.slice(2, -1)).toEqual([
      'doubtful: [{"name":"a","answeredId":"7"}]',
      ...['GET …', `created: ${SEVEN} | []`, 'DELETE …/7'],
    ])
    expect(happened.at(-1)).toMatch(/^WrongScope: /)
  })
})
