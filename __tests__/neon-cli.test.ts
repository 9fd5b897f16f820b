// Neon's own CLI (the npm package `neon`) works with the simulator, and so does the command in our error messages.

import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { errorsOf, scenario } from './support/scenario.ts'

const CLI = join(dirname(createRequire(import.meta.url).resolve('neon/package.json')), 'dist', 'cli.js')
const setup = scenario({ timeLapse: 10 })

async function neon(...parameters: string[]): Promise<string> {
  const options = ['--api-host', setup.host, '--no-analytics', '--output', 'json', '--config-dir', setup.job().folder]
  const env = { ...process.env, NEON_API_KEY: setup.neon.adminKey, CI: 'true' }
  return (await promisify(execFile)(process.execPath, [CLI, ...parameters, ...options], { env })).stdout
}

test.each([
  // The second 403 is for the key that would revoke itself.
  ['a personal key', 'revokeApiKey', 2, {}],
  ['a project-scoped key', 'revokeOrgApiKey', 1, { project_id: 'shiny-wind-028834' }],
] as const)('the command in the error revokes %s', async (_kind, operation, times, inputs) => {
  setup.inject({ operation, times, failure: { kind: 'status', status: 403, applied: false } })
  const { main, post } = await setup.life(inputs)
  const [, command = ''] = /\bneon (api-keys revoke \d+(?: --org-id [\w-]+)?)/.exec(errorsOf(post).join()) ?? []
  expect(command).toContain(main.outputs.api_key_id)
  expect(JSON.parse(await neon(...command.split(' ')))).toMatchObject({ revoked: true })
  expect(setup.neon.createdKeys()).toEqual([])
})

test("an organization's keys and projects", async () => {
  await setup.main(setup.job(), { project_id: setup.neon.project.id })
  const keys = JSON.parse(await neon('api-keys', 'list', '--org-id', setup.neon.organization.id))
  expect(keys).toEqual([
    expect.objectContaining({ name: 'long-lived' }),
    expect.objectContaining({ project_id: setup.neon.project.id }),
  ])
  const projects = JSON.parse(await neon('projects', 'list', '--org-id', setup.neon.organization.id))
  expect(projects.map(({ id }: { id: string }) => id)).toEqual([setup.neon.project.id, setup.neon.otherProject.id])
})
