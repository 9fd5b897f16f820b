import { INPUT_NAMES, type InputName, SWEEP_INPUT_NAMES } from '../src/github/metadata.ts'
import { type InputReader, readApiHost, readInputs } from '../src/steps/inputs.ts'
import { readSweepInputs } from '../src/steps/sweep-inputs.ts'

/** The inputs that a function reads, sorted by name. */
function inputsReadBy(read: (runner: InputReader) => unknown): string[] {
  const seen = new Set<InputName>()
  read({
    input(name) {
      seen.add(name)
      if (name === 'scope') return 'personal'
      return name === 'api_key' || name === 'github_token' ? 'a-secret' : ''
    },
    mask() {},
  })
  return [...seen].sort()
}

test('main reads every input that it declares', () => {
  expect(inputsReadBy((runner) => readInputs(runner, {}))).toEqual([...INPUT_NAMES].sort())
})

test('the sweep reads every input that it declares', () => {
  expect(inputsReadBy(readSweepInputs)).toEqual([...SWEEP_INPUT_NAMES].sort())
})

const apiHost = (value: string): string => readApiHost({ input: () => value, mask() {} })

test.each(['localhost', 'LOCALHOST:8080', '127.0.0.1:8080', '127.255.0.9', '[::1]:8080', '[0:0::0:1]'])(
  'api_host may be http for a loopback address: %s',
  (host) => expect(apiHost(`http://${host}/api/v2`)).toBe(`${new URL(`http://${host}`).origin}/api/v2`),
)

test.each([
  'localhost.example',
  'x.localhost',
  '127.0.0.1.example',
  '128.0.0.1',
  '[::2]',
  '[::ffff:192.0.2.1]',
  '0.0.0.0',
])('but not for any other: %s', (host) =>
  expect(() => apiHost(`http://${host}/api/v2`)).toThrow('must start with https'),
)
