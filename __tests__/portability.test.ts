// Main, post and sweep run on Linux, macOS and Windows. CI runs all tests on each; these catch the commonest slips on any.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { preload } from '../simulator/runner/preload.ts'
import { errorsOf, scenario } from './support/scenario.ts'

const setup = scenario()
const SOURCES = join(import.meta.dirname, '..', 'src')

test('a life where lines end as on Windows', async () => {
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

test('an api_key with the line end that an editor on Windows leaves is the key alone', async () => {
  const { main, post } = await setup.life({ api_key: `${setup.neon.adminKey}\r\n` })
  expect(main.exitCode).toBe(0)
  expect(post.exitCode).toBe(0)
})

test('a runner whose Node is too old: an error that says so, and no key is made', async () => {
  const { main, post } = await setup.life({}, { env: preload(['old-node'], {}) })
  expect(errorsOf(main)).toEqual([expect.stringContaining('this one needs Node 24')])
  expect(post.exitCode).toBe(0)
  expect(setup.neon.requests).toEqual([])
})

test('the sources take nothing for granted that only one system has', () => {
  for (const file of globSync('**/*.ts', { cwd: SOURCES })) {
    const text = readFileSync(join(SOURCES, file), 'utf8')
    for (const slip of [
      /child_process/,
      /['"`]\/(?:tmp|dev|etc|proc)\//,
      // On Windows, a process ends at once in another way, and names are looked up in another way.
      ...([join('base', 'end-process.ts'), join('base', 'names.ts')].includes(file)
        ? []
        : [/process\.(?:platform|getuid|kill)/]),
      // The edge alone reads a file, whose path the runner gives.
      ...(file === join('steps', 'run-step.ts') ? [] : [/node:fs/]),
    ]) {
      expect({ file, slip, found: slip.test(text) }).toEqual({ file, slip, found: false })
    }
  }
})
