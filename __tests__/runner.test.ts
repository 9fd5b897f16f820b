// The simulated runner behaves like GitHub's. These tests do not use this repository's actions.

import { appendFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Job, type StepOptions, type StepResult } from '../simulator/runner/job.ts'
import type { Annotation } from '../simulator/runner/step-log.ts'

const folders: string[] = []
const jobs: Job[] = []
afterEach(() => {
  for (const job of jobs.splice(0)) job.dispose()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function newJob(env: Record<string, string> = {}): Job {
  const job = new Job({ RUNNER_OS: 'Linux', ...env })
  jobs.push(job)
  return job
}

/** Helpers for the scripts of these tests. */
const PRELUDE = `
const fs = require('node:fs')
const write = (kind, text) => fs.appendFileSync(process.env['GITHUB_' + kind], text)
const print = (...lines) => fs.writeSync(1, lines.map((line) => line + '\\n').join(''))
const tellVariables = () => write('OUTPUT', 'variables=' + JSON.stringify(process.env) + '\\n')
`

/** A `run` step. */
const run = (job: Job, script: string, options?: StepOptions): Promise<StepResult> =>
  job.run('script', process.execPath, ['--eval', PRELUDE + script], options)

/** The path of a new action with these scripts. */
function action(main: string, post = 'tellVariables()', inputs: Record<string, { default?: string }> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'action-'))
  folders.push(folder)
  writeFileSync(join(folder, 'main.js'), PRELUDE + main)
  writeFileSync(join(folder, 'post.js'), PRELUDE + post)
  const runs = { using: 'node24', main: 'main.js', post: 'post.js' }
  writeFileSync(join(folder, 'action.yml'), JSON.stringify({ name: 'An action', inputs, runs }))
  return join(folder, 'action.yml')
}

const variables = (result: StepResult | undefined): Record<string, string> =>
  JSON.parse(result?.outputs.variables ?? '{}')
const lineOf = (kind: string, text: string): string => `write('${kind}', ${JSON.stringify(`${text}\n`)});`
const printing = (...lines: string[]): string => `print(...${JSON.stringify(lines)});`
const messages = ({ annotations }: { annotations: Annotation[] }): string[] => annotations.map(({ message }) => message)

/** The log of a job's only step, which prints these lines. */
const logOf = async (...lines: string[]): Promise<string[]> => (await run(newJob(), printing(...lines))).log

describe('variables', () => {
  test.each(['CI', 'RUNNER_DEBUG', 'PATH', 'HTTPS_PROXY', 'STATE_unsaved', 'GITHUB_UNKNOWN', 'INPUT_UNDECLARED'])(
    'GITHUB_ENV can set %s',
    async (name) => {
      const job = newJob()
      await run(job, lineOf('ENV', `${name}=forged`))
      expect(variables(await job.uses(action('tellVariables()')))).toMatchObject({ [name]: 'forged' })
      expect(variables((await job.end())[0])).toMatchObject({ [name]: 'forged' })
    },
  )

  test.each([
    'GITHUB_ACTIONS',
    'GITHUB_API_URL',
    'GITHUB_RUN_ID',
    'GITHUB_STATE',
    'GITHUB_WORKSPACE',
    'GITHUB_ACTION',
    'RUNNER_TEMP',
    'RUNNER_OS',
    'ACTIONS_RUNTIME_URL',
  ])('neither GITHUB_ENV nor the env of the step can set %s', async (name) => {
    const job = newJob()
    await run(job, lineOf('ENV', `${name}=forged`))
    const main = await job.uses(action('tellVariables()'), { env: { [name]: 'forged, too' } })
    for (const step of [main, (await job.end())[0]]) {
      expect(variables(step)[name]).toBeTruthy()
      expect(variables(step)[name]).not.toMatch('forged')
    }
  })

  test('later sources override earlier ones', async () => {
    const job = newJob({ A: 'job', B: 'job' })
    await run(job, lineOf('ENV', 'B=GITHUB_ENV\nC=GITHUB_ENV\nSTATE_saved=GITHUB_ENV\nINPUT_NAME=GITHUB_ENV'))
    const path = action(`${lineOf('STATE', 'saved=main')} tellVariables()`, undefined, { name: { default: 'default' } })
    const main = await job.uses(path, { env: { C: 'step', STATE_saved: 'step', INPUT_NAME: 'step' } })
    const [post] = await job.end()
    expect(variables(main)).toMatchObject({ A: 'job', B: 'GITHUB_ENV', C: 'step', STATE_saved: 'step' })
    expect(variables(post)).toMatchObject({ A: 'job', B: 'GITHUB_ENV', C: 'step', STATE_saved: 'main' })
    for (const step of [main, post]) expect(variables(step).INPUT_NAME).toBe('default')
  })

  test('an empty saved state overrides a forged one', async () => {
    const job = newJob()
    await job.uses(action(lineOf('STATE', 'intent=')))
    await run(job, lineOf('ENV', 'STATE_intent=forged'))
    expect(variables((await job.end())[0])).toMatchObject({ STATE_intent: '' })
  })

  test('NODE_OPTIONS is refused, in upper or lower case, and the rest of the file accepted', async () => {
    const job = newJob()
    const step = await run(job, lineOf('ENV', 'A=1\nNODE_OPTIONS=--no-warnings\nnode_options=--no-warnings\nB=2'))
    expect(step.exported).toEqual({ A: '1', B: '2' })
    expect(messages(step)).toEqual(Array(2).fill(expect.stringContaining("Can't store NODE_OPTIONS")))
    expect(step.conclusion).toBe('success')
  })

  test('CI is set by default', async () => {
    expect(variables(await run(newJob(), 'tellVariables()')).CI).toBe('true')
    expect(variables(await run(newJob({ CI: '' }), 'tellVariables()')).CI).toBe('')
  })

  test('run steps get no ACTIONS_ variables', async () => {
    const job = newJob({ ACTIONS_RUNTIME_URL: 'forged' })
    expect(variables(await run(job, 'tellVariables()')).ACTIONS_RUNTIME_URL).toBe('forged')
  })
})

describe('command files', () => {
  test.each([
    ['in the same case', 'a=1\na=2', { a: '2' }],
    ['in another case: one state, under the name as first written', 'Intent=1\nINTENT=2', { Intent: '2' }],
    ['with a CR: it belongs to the value', 'a=1\r\nb<<E\nx\r\ny\r\nE\n', { a: '1\r', b: 'x\r\ny\r' }],
    ['after a byte order mark', '\ufeffa=1', { a: '1' }],
    ['with a here-document after the =', 'a=b<<c\nd=1', { a: 'b<<c', d: '1' }],
    ['with a = in the delimiter', 'a<<b=c\n1\nb=c\n', { a: '1' }],
    ['without a value', 'a=\nb<<E\nE\n', { a: '', b: '' }],
    ['between empty lines', '\n\na=1\n\n', { a: '1' }],
    ['with the name of a built-in property', '__proto__=1', JSON.parse('{"__proto__":"1"}')],
  ])('a name %s', async (_, text, expected) => {
    for (const kind of ['STATE', 'OUTPUT'] as const) {
      const step = await run(newJob(), lineOf(kind, text))
      expect(step).toMatchObject({ conclusion: 'success', annotations: [] })
      expect(Object.entries(kind === 'STATE' ? step.state : step.outputs)).toEqual(Object.entries(expected))
    }
  })

  test('names of variables are case-sensitive on Linux, but not on Windows', async () => {
    const script = lineOf('ENV', 'Name=1\nNAME=2')
    for (const [system, expected] of Object.entries({ Linux: ['1', '2'], Windows: ['2', undefined] })) {
      const job = newJob({ RUNNER_OS: system })
      await run(job, script)
      const { Name, NAME } = variables(await run(job, 'tellVariables()'))
      if (process.platform !== 'win32') expect([Name, NAME]).toEqual(expected)
    }
  })

  test('on Windows, CR LF ends a line and is kept within a value', async () => {
    const { state } = await run(newJob({ RUNNER_OS: 'Windows' }), lineOf('STATE', 'a=1\r\nb<<E\r\nx\r\ny\r\nE\r\n'))
    expect(state).toEqual({ a: '1', b: 'x\r\ny' })
  })

  test.each([
    ['a line that is neither form', 'a=1\nneither\nb=2'],
    ['a here-document without a name', 'a=1\n<<E\nE\nb=2'],
    ['a here-document without a delimiter', 'a=1\nb<<\n\nc=2'],
    ['a torn last entry', 'a=1\nb<<E\nhalf'],
  ])('%s fails the step; the lines before it count', async (_, text) => {
    const job = newJob()
    const path = action(lineOf('STATE', text) + lineOf('OUTPUT', text) + lineOf('ENV', text))
    const main = await job.uses(path)
    expect(main).toMatchObject({ exitCode: 0, conclusion: 'failure' })
    expect([main.state, main.outputs, main.exported]).toEqual(Array(3).fill({ a: '1' }))
    expect(messages(main)).toContain("Unable to process file command 'state' successfully.")
    expect(variables((await job.end())[0])).toMatchObject({ STATE_a: '1', a: '1' })
  })

  test('each file is read separately', async () => {
    const step = await run(newJob(), lineOf('ENV', 'neither') + lineOf('STATE', 'a=1') + lineOf('OUTPUT', 'b=2'))
    expect(step).toMatchObject({ conclusion: 'failure', state: { a: '1' }, outputs: { b: '2' } })
  })

  test('a removed file or folder is no error', async () => {
    for (const removed of ['process.env.GITHUB_STATE', "require('node:path').dirname(process.env.GITHUB_STATE)"]) {
      const step = await run(newJob(), `fs.rmSync(${removed}, { recursive: true })`)
      expect(step).toMatchObject({ conclusion: 'success', annotations: [] })
      expect(step.state).toEqual({})
    }
  })

  test.each(['STATE', 'OUTPUT', 'ENV'])('a folder in the place of GITHUB_%s fails the step', async (kind) => {
    const step = await run(newJob(), `const path = process.env.GITHUB_${kind}; fs.rmSync(path); fs.mkdirSync(path)`)
    expect(step).toMatchObject({ exitCode: 0, conclusion: 'failure' })
  })

  test('a folder in place of the summary counts as no summary', async () => {
    const script = 'const path = process.env.GITHUB_STEP_SUMMARY; fs.rmSync(path); fs.mkdirSync(path)'
    expect(await run(newJob(), script)).toMatchObject({ conclusion: 'success', summary: '' })
  })

  test('post gets the state that main saved before it was killed', async () => {
    const job = newJob()
    const script = `${lineOf('STATE', 'a=1')} ${lineOf('ENV', 'B=2')} process.kill(process.pid, 'SIGKILL')`
    const main = await job.uses(action(script))
    expect(main).toMatchObject({ conclusion: 'failure', state: { a: '1' } })
    expect(variables((await job.end())[0])).toMatchObject({ STATE_a: '1', B: '2' })
  })

  test('each step has its own files, and those of earlier steps stay', async () => {
    const job = newJob()
    await run(job, lineOf('STATE', 'a=first'))
    await run(job, lineOf('STATE', 'a=second'))
    expect(job.filesOnDisk().map(({ text }) => text.trim())).toEqual(expect.arrayContaining(['a=first', 'a=second']))
  })

  test("text that a leftover process appends to main's state file is read", async () => {
    const job = newJob()
    const beforeRead = ({ state }: { state: string }): void => appendFileSync(state, 'a=forged\n')
    const main = await job.uses(action(lineOf('STATE', 'a=1')), { beforeRead })
    expect(main.state).toEqual({ a: 'forged' })
    expect(variables((await job.end())[0])).toMatchObject({ STATE_a: 'forged' })
  })

  test('the same with a real process', async () => {
    const job = newJob()
    const follower = `const fs = require('node:fs')
      const known = fs.readdirSync('.')
      fs.writeFileSync('ready', '')
      const timer = setInterval(() => {
        const path = fs.readdirSync('.').find((name) => name.startsWith('save_state') && !known.includes(name))
        if (path === undefined) return
        fs.appendFileSync(path, 'a=forged\\n')
        clearInterval(timer)
      }, 5)`
    await run(
      job,
      `const cwd = require('node:path').dirname(process.env.GITHUB_STATE)
      const options = { cwd, detached: true, stdio: 'ignore' }
      require('node:child_process').spawn(process.execPath, ['--eval', ${JSON.stringify(follower)}], options).unref()
      setInterval(() => fs.existsSync(cwd + '/ready') && process.exit(), 5)`,
    )
    const main = await job.uses(
      action('setInterval(() => fs.statSync(process.env.GITHUB_STATE).size > 0 && process.exit(), 5)'),
    )
    expect(main.state).toEqual({ a: 'forged' })
  })
})

describe('commands', () => {
  test.each([
    ['::error::x', { message: 'x' }],
    ['\t  ::error::x', { message: 'x' }],
    ['::ERROR::x', { message: 'x' }],
    ['::error title=a::x', { title: 'a', message: 'x' }],
    ['::error TITLE=a::x', { title: 'a', message: 'x' }],
    ['::error title=a: b::x', { title: 'a: b', message: 'x' }],
    ['::error file=f,title=a%3A%3A b%2C c%25::x%0Ay%25', { title: 'a:: b, c%', message: 'x\ny%' }],
    ['::error title=a=b::x', { title: 'a=b', message: 'x' }],
    ['::error title=::x', { message: 'x' }],
    ['##[error]x', { message: 'x' }],
    ['says ##[error]x', { message: 'x' }],
    ['says ##[Error title=a;file=f]x', { title: 'a', message: 'x' }],
    ['##[error title=a%3B%5D]x%0Ay%5D', { title: 'a;]', message: 'x\ny]' }],
    ['::unknown::##[error]x', { message: 'x' }],
    ['::error::%3A%2C', { message: '%3A%2C' }],
  ])('%j is one', async (line, annotation) => {
    const step = await run(newJob(), printing(line))
    expect(step.annotations).toEqual([{ kind: 'error', title: undefined, ...annotation }])
    expect(step.log).toEqual([`##[error]${annotation.message}`])
  })

  test.each([
    'says ::error::x',
    ':: error::x',
    '::error:x',
    '::unknown::x',
    '##[unknown]x',
    '## [error]x',
    '##[error x',
    '',
  ])('%j is plain log output', async (line) => {
    expect(await run(newJob(), printing(line))).toMatchObject({ annotations: [], log: [line], commands: [] })
  })

  test('stderr is read like stdout', async () => {
    const step = await run(newJob(), "console.error('::warning::x\\nplain')")
    expect(step.annotations).toEqual([{ kind: 'warning', title: undefined, message: 'x' }])
    expect(step.log).toEqual(['##[warning]x', 'plain'])
  })

  test('stdout and stderr are read separately: a secret can be logged before its mask', async () => {
    const step = await run(
      newJob(),
      `fs.writeSync(1, '::add-ma')
      setTimeout(() => fs.writeSync(2, 'S3CRET\\n'), 250)
      setTimeout(() => fs.writeSync(1, 'sk::S3CRET\\nS3CRET\\n'), 500)`,
    )
    expect(step.log).toEqual(['S3CRET', '***'])
  })

  test('LF, CR LF and a bare CR end a line', async () => {
    const script = "fs.writeSync(1, 'a\\nb\\r\\nc\\r::error::d\\r\\r::error::e\\r')"
    const { log } = await run(newJob(), script)
    expect(log).toEqual(['a', 'b', 'c', '##[error]d', '', '##[error]e'])
  })

  test('a CR LF in two parts ends one line', async () => {
    const { log } = await run(newJob(), "fs.writeSync(1, 'a\\r'); setTimeout(() => fs.writeSync(1, '\\nb'), 100)")
    expect(log).toEqual(['a', 'b'])
  })

  test('stop-commands stops all commands, including masks, until its token', async () => {
    const lines = ['##[stop-commands]pause', '::add-mask::S3CRET', '::error::S3CRET', '::PAUSE::', '::error::x']
    const step = await run(newJob(), printing(...lines))
    expect(step.log).toEqual([...lines.slice(0, 4), '##[error]x'])
    expect(messages(step)).toEqual(['x'])
  })

  test('a token of seven characters is masked, and commands are stopped only in its step', async () => {
    const job = newJob()
    expect((await run(job, printing('::stop-commands::stopped'))).log).toEqual(['::stop-commands::***'])
    expect(messages(await run(job, printing('::error::x')))).toEqual(['x'])
  })

  test.each(['', 'pause-logging', 'error', 'Add-Mask'])('the token %j fails the step', async (token) => {
    const step = await run(newJob(), printing(`::stop-commands::${token}`))
    expect(step).toMatchObject({ exitCode: 0, conclusion: 'failure' })
  })

  test('save-state and set-output work; a file overrides them', async () => {
    const lines = ['##[save-state name=a]printed', '::save-state name=b::1', '::set-output name=c::2']
    const step = await run(newJob(), printing(...lines) + lineOf('STATE', 'A=written'))
    expect(step).toMatchObject({ state: { a: 'written', b: '1' }, outputs: { c: '2' } })
  })

  test.each(['::set-env name=A::1', '::add-path::/a', '::save-state::1'])('%j fails the step', async (line) => {
    const step = await run(newJob(), printing(line))
    expect(step).toMatchObject({ exitCode: 0, conclusion: 'failure' })
    expect([step.exported, step.state]).toEqual([{}, {}])
    expect(messages(step)[0]).toBe(`Unable to process command '${line}' successfully.`)
  })

  test('debug lines, including saved states, are shown with debug logging', async () => {
    const script = printing('::debug::x') + lineOf('STATE', 'a=1')
    expect((await run(newJob(), script, { env: { RUNNER_DEBUG: '1' } })).log).toEqual([])
    expect((await run(newJob({ RUNNER_DEBUG: '1' }), script)).log).toEqual(['##[debug]x', '##[debug]Set state a = 1'])
  })

  test('groups', async () => {
    expect(await logOf('::group::A', 'x', '::endgroup::')).toEqual(['##[group]A', 'x', '##[endgroup]'])
  })
})

describe('masks', () => {
  test('apply from their line on, and in later steps', async () => {
    const job = newJob()
    const { log } = await run(job, printing('S3CRET', '::add-mask::S3CRET', 'a S3CRET, S3CRET'))
    expect(log).toEqual(['S3CRET', 'a ***, ***'])
    expect((await run(job, printing('S3CRET'))).log).toEqual(['***'])
    expect(job.masks).toEqual(['S3CRET'])
  })

  test('apply to each line of a value, without blanks around it', async () => {
    expect(await logOf('::add-mask::first%0D%0A  second  %0A%0Athird', 'first', 'second', 'a third b')).toEqual([
      '***',
      '***',
      'a *** b',
    ])
  })

  const SECRET = 'p"ss/w\\rd+ (ä)!'
  test.each([
    ['JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['URL', 'p%22ss%2Fw%5Crd%2B%20%28%C3%A4%29%21'],
    ['base64', Buffer.from(SECRET).toString('base64')],
    ['base64 without its first byte', Buffer.from(SECRET).subarray(1).toString('base64')],
    ['base64 without its first two bytes', Buffer.from(SECRET).subarray(2).toString('base64')],
  ])('apply to its form in %s', async (_, form) => {
    expect(await logOf(`::add-mask::${SECRET}`, `a ${form} b`)).toEqual(['a *** b'])
  })

  test('do not apply to upper case or to halves', async () => {
    expect(await logOf('::add-mask::S3cretS3cret', 'S3CRETS3CRET', 'S3cret')).toEqual(['S3CRETS3CRET', 'S3cret'])
  })

  test('nested, overlapping and adjacent secrets become one mask', async () => {
    const masks = ['abcabc', 'abc', 'cde', 'xyz'].map((secret) => `::add-mask::${secret}`)
    expect(await logOf(...masks, '1abcabc2', '1abcde2', '1abcxyz2', '1abc xyz2')).toEqual([
      '1***2',
      '1***2',
      '1***2',
      '1*** ***2',
    ])
  })

  test.each(['', '  '])('an empty mask, %j, is a warning', async (secret) => {
    const step = await run(newJob(), printing(`::add-mask::${secret}`, 'a b'))
    expect(step.annotations).toMatchObject([{ kind: 'warning', message: expect.stringContaining('empty string') }])
    expect(step.log).toContain('a b')
  })

  test('apply to messages and summaries, but not to titles of annotations', async () => {
    const script =
      printing('::add-mask::S3CRET', '::error title=S3CRET::S3CRET') + lineOf('STEP_SUMMARY', 'S3CRET\r\n|')
    const step = await run(newJob(), script)
    expect(step.annotations).toEqual([{ kind: 'error', title: 'S3CRET', message: '***' }])
    expect(step.log).toEqual(['##[error]***'])
    expect(step.summary).toBe('***\n|\n')
  })
})

describe('limits', () => {
  test('a message is cut at 4,096 characters, after it was masked', async () => {
    const step = await run(newJob(), printing('::add-mask::S3CRET', `::error::S3CRET${'x'.repeat(5000)}`))
    expect(messages(step)).toEqual([`***${'x'.repeat(4093)}`])
    expect(step.log).toEqual([`##[error]***${'x'.repeat(4093)}`])
  })

  test('ten annotations of each kind; the log has all', async () => {
    const errors = Array.from({ length: 12 }, (_, index) => `::error::${index}`)
    const step = await run(newJob(), printing(...errors, '::warning::x', '::notice::y'))
    expect(messages(step)).toEqual([...Array(10).keys(), 'x', 'y'].map(String))
    expect(step.log).toHaveLength(14)
  })

  test('a summary of 1 MiB is sent; a larger one is not, with the step green', async () => {
    const script = (size: number): string => `write('STEP_SUMMARY', 'x'.repeat(${size}))`
    expect((await run(newJob(), script(1024 * 1024))).summary).toHaveLength(1024 * 1024)
    const step = await run(newJob(), script(1024 * 1024 + 1))
    expect(step).toMatchObject({ summary: '', conclusion: 'success' })
    expect(messages(step)).toEqual([expect.stringContaining('upload aborted')])
  })
})

describe('a job', () => {
  test('the working directory is the workspace, with the files of earlier steps', async () => {
    const job = newJob()
    await run(job, "fs.writeFileSync('left', '')")
    const script = "write('OUTPUT', 'folder=' + process.cwd() + '\\nleft=' + fs.existsSync('left'))"
    for (const step of [await run(job, script), await job.uses(action(script))]) {
      expect(step.outputs).toEqual({ folder: realpathSync(job.github.GITHUB_WORKSPACE ?? ''), left: 'true' })
    }
    expect(existsSync(join(job.github.GITHUB_WORKSPACE ?? '', 'left'))).toBe(true)
  })

  test('GITHUB_ACTION is the same in main and post, and different for each use', async () => {
    const job = newJob()
    const path = action('tellVariables()')
    const mains = [await job.uses(path), await job.uses(path)]
    const steps = [await run(job, 'tellVariables()'), await run(job, 'tellVariables()')]
    const posts = (await job.end()).reverse()
    const names = (results: StepResult[]): unknown => results.map((result) => variables(result).GITHUB_ACTION)
    expect(names(mains)).toEqual(['__octo-org_An-action', '__octo-org_An-action_2'])
    expect(names(posts)).toEqual(names(mains))
    expect(names(steps)).toEqual(['__run', '__run_2'])
  })

  test('post steps run in reverse order, each with its own state, even if main failed', async () => {
    const job = newJob()
    await job.uses(action(`${lineOf('STATE', 'a=first')} process.exitCode = 1`))
    await job.uses(action(lineOf('STATE', 'a=second')))
    expect((await job.end()).map((post) => variables(post).STATE_a)).toEqual(['second', 'first'])
    expect(await job.end()).toEqual([])
  })

  test('inputs are evaluated again for post', async () => {
    const job = newJob({ A: 'before' })
    await job.uses(action('tellVariables()'), {
      with: { 'An input': '${{ env.A }}, ${{ env.B }}${{ env.NONE }}' },
      env: { B: 'b' },
    })
    await run(job, lineOf('ENV', 'A=after'))
    expect(variables(job.steps[0])).toMatchObject({ INPUT_AN_INPUT: 'before, b' })
    expect(variables((await job.end())[0])).toMatchObject({ INPUT_AN_INPUT: 'after, b' })
  })

  test('inputs: names are case-insensitive, and defaults come from contexts', async () => {
    const job = newJob()
    job.checkRunId = '12345678901'
    const inputs = {
      plain: { default: 'default' },
      job_id: { default: '${{ job.check_run_id }}' },
      token: { default: '${{github.token}}' },
      other: { default: '${{ strategy.job-index }}' },
      none: {},
    }
    const main = await job.uses(action('tellVariables()', undefined, inputs), { with: { PLAIN: 'given' } })
    for (const step of [main, ...(await job.end())]) {
      expect(variables(step)).toMatchObject({
        INPUT_PLAIN: 'given',
        INPUT_JOB_ID: '12345678901',
        INPUT_TOKEN: job.token,
        INPUT_OTHER: '${{ strategy.job-index }}',
        INPUT_NONE: '',
      })
    }
  })

  test('a check_run_id of eleven digits, unless the runner provides none', async () => {
    const job = newJob()
    const path = action('tellVariables()', undefined, { job_id: { default: '${{ job.check_run_id }}' } })
    expect(variables(await job.uses(path)).INPUT_JOB_ID).toMatch(/^\d{11}$/)
    job.checkRunId = ''
    expect(variables(await job.uses(path)).INPUT_JOB_ID).toBe('')
  })

  test('post gets the wrong inputs of a composite action', async () => {
    const job = newJob()
    await job.uses(action(''), { with: { a: '1', b: '2' } })
    job.overridePostInputs({ a: '' })
    expect(variables((await job.end())[0])).toMatchObject({ INPUT_A: '', INPUT_B: '2' })
  })

  test('NODE_CHANNEL_FD of a later step keeps post from starting, without an annotation', async () => {
    const job = newJob()
    await job.uses(action(''))
    await run(job, lineOf('ENV', 'NODE_CHANNEL_FD=none'))
    const [post] = await job.end()
    expect(post).toMatchObject({ exitCode: 1, conclusion: 'failure', annotations: [] })
    expect(post?.outputs).toEqual({})
  })

  test('a process that cannot start fails its step', async () => {
    const step = await newJob().run('missing', join(tmpdir(), 'no-such-program'), [])
    expect(step).toMatchObject({ exitCode: null, conclusion: 'failure' })
    expect(messages(step)).toEqual([expect.stringContaining('ENOENT')])
  })

  test('hooks also apply to post', async () => {
    const job = newJob()
    await job.uses(action('', 'setInterval(() => {}, 1000)'))
    const [post] = await job.end({
      onSpawn: (kill) => kill('SIGKILL'),
      beforeRead: ({ output }) => appendFileSync(output, 'a=1\n'),
    })
    expect(post).toMatchObject({ signal: 'SIGKILL', conclusion: 'failure', outputs: { a: '1' } })
  })

  test('a leftover process that holds stdout open delays the end of its step by five seconds', async () => {
    const step = await run(
      newJob(),
      `const options = { detached: true, stdio: ['ignore', 'inherit', 'ignore'] }
      require('node:child_process').spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 9000)'], options).unref()
      print('x')`,
    )
    expect(step).toMatchObject({ exitCode: 0, log: ['x'] })
    expect(step.milliseconds).toBeGreaterThan(4_900)
    expect(step.milliseconds).toBeLessThan(8_500)
  })

  test('nothing of a job is left on disk', async () => {
    const job = newJob()
    mkdirSync(join(job.folder, 'more'))
    await run(job, printing('x'))
    job.dispose()
    expect(existsSync(job.folder)).toBe(false)
  })
})
