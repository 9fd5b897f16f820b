// What is written to the runner, in one process; the scenarios test the same in steps.

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { githubRunner, type Runner } from '../src/github/runner.ts'

/** The lines that the runner reads. */
function linesOf(act: (runner: Runner) => void): string[] {
  const { write } = process.stdout
  let text = ''
  process.stdout.write = (chunk) => {
    text += chunk
    return true
  }
  try {
    act(githubRunner())
  } finally {
    process.stdout.write = write
  }
  return text.split(/\r?\n/).slice(0, -1)
}

test.each<[string, (runner: Runner) => void, string[]]>([
  ['debug', (runner) => runner.debug('a\nb'), ['::debug::a b']],
  ['info', (runner) => runner.info('::a'), [': :a']],
  ['a warning', (runner) => runner.warning('a\nb', 'T'), ['::warning title=T::a b']],
  ['an error of two lines', (runner) => runner.error(['a\nb', 'c'], 'T'), ['::error title=T::a b%0Ac']],
])('%s', (_case, act, lines) => expect(linesOf(act)).toEqual(lines))

test('a secret is masked once, and replaced in every text, even where control characters interrupt it', () => {
  let redacted = ''
  const lines = linesOf((runner) => {
    for (const secret of ['', 'key', 'key', 'word']) runner.mask(secret)
    runner.info('a key, a key and a word')
    runner.info('a k\u001b[0mey')
    runner.debug('key')
    runner.error(['key', 'word'], 'T')
    redacted = runner.redact('key\nword')
  })
  expect(lines).toEqual([
    ...['::add-mask::key', '::add-mask::word'],
    ...['a ***, a *** and a ***', 'a ***', '::debug::***', '::error title=T::***%0A***'],
  ])
  expect(redacted).toBe('***\n***')
})

test.each<[string, (runner: Runner) => void, string]>([
  ['info', (runner) => runner.info('end'), 'end'],
  ['a warning', (runner) => runner.warning('end', 'T'), '::warning title=T::end'],
  ['an error', (runner) => runner.error('end', 'T'), '::error title=T::end'],
])('attempts after the second are in a group, which %s ends', (_case, act, end) => {
  const group = ['::group::Further attempts', 'second', 'third', '::endgroup::']
  const lines = linesOf((runner) => {
    for (let round = 0; round < 2; round += 1) {
      for (const attempt of ['first', 'second', 'third']) runner.waiting(attempt)
      act(runner)
    }
    act(runner)
    runner.waiting('only')
    act(runner)
  })
  expect(lines).toEqual(['first', ...group, end, 'first', ...group, end, end, 'only', end])
})

test.each<[string, (runner: Runner) => void, string]>([
  ['GITHUB_STATE', (runner) => runner.saveState('NAME', 'x'), 'NAME'],
  ['GITHUB_OUTPUT', (runner) => runner.output('api_key', 'x'), 'api_key'],
  ['GITHUB_ENV', (runner) => runner.exportVariable('NAME', 'x'), 'NAME'],
])('the file %s cannot be written', (file, act, name) => {
  const before = { ...process.env }
  process.env[file] = join(tmpdir(), 'missing', 'file')
  const error = { name: 'RunnerError', message: `Cannot write ${name} to the runner's file ${file}` }
  try {
    expect(() => act(githubRunner())).toThrow(expect.objectContaining({ ...error, cause: expect.any(Error) }))
  } finally {
    process.env = before
  }
})

test('each text is added to the job summary on lines of its own, without secrets', async () => {
  // The same file each time, since @actions/core keeps its name.
  const file = join(tmpdir(), `summary-${process.pid}.md`)
  const before = { ...process.env }
  process.env.GITHUB_STEP_SUMMARY = file
  writeFileSync(file, 'Before\n')
  try {
    const runner = githubRunner()
    linesOf(() => runner.mask('key'))
    await runner.summary('# First\n\na key')
    await runner.summary('# Second')
    expect(readFileSync(file, 'utf8').split(/\r?\n/)).toEqual(['Before', '# First', '', 'a ***', '# Second', ''])
  } finally {
    process.env = before
    rmSync(file)
  }
})
