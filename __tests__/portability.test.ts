// Main, post and sweep run on Linux, macOS and Windows. CI runs all tests on each; these catch common mistakes on any.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { preload } from '../simulator/runner/preload.ts'
import { errorsOf, scenario } from './support/scenario.ts'

const setup = scenario()
const SOURCES = join(import.meta.dirname, '..', 'src')

test("a life with Windows' line endings", async () => {
  const job = setup.job(preload(['windows'], { RUNNER_OS: 'Windows' }))
  const main = await setup.main(job, { project_id: setup.neon.project.id })
  expect(errorsOf(main)).toEqual([])
  expect(main.outputs.api_key).toMatch(/^napi_\w+$/)
  expect(main.exported).toEqual({ NEON_API_KEY: main.outputs.api_key })
  expect(readFileSync(main.files.output, 'utf8')).toContain('\r\n')
  const [post] = await job.end()
  expect(post?.log).toEqual([expect.stringContaining(`Revoked the Neon API key ${main.outputs.api_key_id}`)])
  expect(setup.neon.createdKeys()).toEqual([])
})

test('a trailing CR LF in api_key is not part of the key', async () => {
  const { main, post } = await setup.life({ api_key: `${setup.neon.adminKey}\r\n` })
  expect(main.exitCode).toBe(0)
  expect(post.exitCode).toBe(0)
})

test('a runner whose Node is too old: an error that says so, and no key is created', async () => {
  const { main, post } = await setup.life({}, { env: preload(['old-node'], {}) })
  expect(errorsOf(main)).toEqual([expect.stringContaining('this action needs Node 24')])
  expect(post.exitCode).toBe(0)
  expect(setup.neon.requests).toEqual([])
})

test('the sources do not depend on a single operating system', () => {
  for (const file of globSync('**/*.ts', { cwd: SOURCES })) {
    const text = readFileSync(join(SOURCES, file), 'utf8')
    for (const slip of [
      /child_process/,
      /['"`]\/(?:tmp|dev|etc|proc)\//,
      // Windows has a different way to end a process at once and to look up host names.
      ...([join('base', 'end-process.ts'), join('base', 'names.ts')].includes(file)
        ? []
        : [/process\.(?:platform|getuid|kill)/]),
      // Only these modules read files, whose paths come from the runner.
      ...(file === join('steps', 'run-step.ts') ? [] : [/node:fs/]),
    ]) {
      expect({ file, slip, found: slip.test(text) }).toEqual({ file, slip, found: false })
    }
  }
})
