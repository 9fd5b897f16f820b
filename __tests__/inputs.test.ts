import { INPUT_NAMES, type InputName, SWEEP_INPUT_NAMES } from '../src/github/metadata.ts'
import { type InputReader, readInputs } from '../src/steps/inputs.ts'
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
