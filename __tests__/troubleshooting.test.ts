// Provokes every message that docs/troubleshooting.md quotes.

import { globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { keyName, ROOT, SWEEP } from '../simulator/fixtures.ts'
import { type GithubServer, startGithub } from '../simulator/github/server.ts'
import type { Listening } from '../simulator/listening.ts'
import type { Key } from '../simulator/neon/accounts.ts'
import type { Failure } from '../simulator/neon/faults.ts'
import type { StepOptions, StepResult } from '../simulator/runner/job.ts'
import { preload } from '../simulator/runner/preload.ts'
import { generateCertificate, startTlsFront } from '../simulator/tls.ts'
import { scenario } from './support/scenario.ts'

const setup = scenario()
let github: GithubServer
let front: Listening

beforeAll(async () => {
  front = await startTlsFront(await generateCertificate(['localhost']), () => setup.host)
})
beforeEach(async () => {
  github = await startGithub()
})
afterEach(() => github.close())
afterAll(() => front.close())

type Steps = Promise<readonly (StepResult | undefined)[]>

/** Only main. */
async function main(inputs: Record<string, string> = {}, options: StepOptions = {}): Steps {
  return [await setup.main(setup.job(), inputs, options)]
}

/** A whole job. */
async function life(inputs: Record<string, string> = {}): Steps {
  const { main, post } = await setup.life(inputs)
  return [main, post]
}

const org = () => ({ org_id: setup.neon.organization.id })
const project = () => ({ project_id: setup.neon.project.id })

/** Only main, with failing requests. */
function failing(failure: Failure, inputs: Record<string, string> = {}, times = 1): Steps {
  setup.inject({ failure, times })
  return main(inputs)
}

const refusal = (status: number, message: string): Failure => {
  return { kind: 'status', status, applied: false, body: JSON.stringify({ code: '', message }) }
}

async function sweep(inputs: Record<string, string> = {}): Steps {
  const common = { api_key: setup.neon.organizationKey, ...org(), api_host: setup.host, github_token: github.token }
  return [await setup.job({ GITHUB_API_URL: github.host }).uses(SWEEP, { with: { ...common, ...inputs } })]
}

/** A sweep with keys of other runs, all of which have completed. */
function sweepAll(runs = 1, inputs: Record<string, string> = {}): Steps {
  for (let index = 0; index < runs; index += 1) {
    const id = String(500 + index)
    github.runs.set(id, { id, status: 'completed', attempt: 1 })
    setup.neon.accounts.createKey({ organization: setup.neon.organization }, keyName({ runId: id }), setup.neon.ada)
  }
  return sweep(inputs)
}

/** Main is cancelled once its first request has arrived. */
function cancelled(): Steps {
  setup.inject({ failure: { kind: 'delay', milliseconds: 500 } })
  const onSpawn: StepOptions['onSpawn'] = (kill) => {
    const timer = setInterval(() => {
      if (setup.neon.requests.length === 0) return
      clearInterval(timer)
      kill('SIGINT')
    }, 5)
  }
  return main({}, { onSpawn })
}

/** Only main, through a proxy; with faster clocks, since it may give up. */
async function proxied(address: string): Steps {
  const env = { HTTPS_PROXY: address, ...preload(['time-lapse'], { TIME_LAPSE: '200' }) }
  return [await setup.main(setup.job(), { api_host: 'https://neon.example/api/v2' }, { env })]
}

/** Only main; the answer to its create has other fields. */
async function answered(fields: Record<string, unknown>, inputs: Record<string, string> = {}): Steps {
  setup.inject({ failure: { kind: 'fields', fields } })
  return [await setup.main(setup.job(), inputs)]
}

/** Only main; something happens while Neon creates the key. */
async function whileCreating(act: (key: Key, folder: string) => void): Steps {
  const job = setup.job()
  setup.neon.accounts.onCreate = (key) => act(key, job.folder)
  const main = await setup.main(job)
  setup.neon.accounts.onCreate = () => {}
  return [main]
}

/** What happens between main and post. */
async function meanwhile(act: (main: StepResult) => void, postKey: string): Steps {
  const job = setup.job()
  const main = await setup.main(job)
  act(main)
  job.overridePostInputs({ api_key: postKey })
  return job.end()
}

const REVOKED = `napi_${'0'.repeat(64)}`
const WAIT: Failure = {
  ...{ kind: 'status', status: 503, applied: false, headers: { 'retry-after': '3600' } },
  body: '{"code":"","message":"busy"}',
}
async function gaveUp(): Steps {
  setup.inject({ failure: WAIT })
  return [await setup.main(setup.job())]
}
const SIGN_IN: Failure = { kind: 'body', body: '<!doctype html><title>Sign in</title>' }
const BLOCKED: Failure = { kind: 'status', status: 403, applied: false, body: '<html>Blocked</html>' }

const PROVOKED: Record<string, () => Steps> = {
  'The api_key input is empty': () => main({ api_key: '' }),
  'contains white space, line breaks or characters': () => main({ api_key: 'napi_first second' }),
  'Neither org_id nor project_id is set': () => main({ scope: '' }),
  'The scope input is': () => main({ scope: 'org' }),
  'needs project_id, which is empty': () => main({ scope: 'project' }),
  'needs org_id, which is empty': () => main({ scope: 'organization' }),
  'takes no project_id': () => main({ scope: 'organization', ...project() }),
  'takes no IDs': () => main({ scope: 'personal', ...org() }),
  'is not a Neon': () => main({ org_id: 'Our organization' }),
  'is not a valid variable name': () => main({ env_name: 'NEON-API-KEY' }),
  'is reserved': () => main({ env_name: 'PATH' }),
  'already contains the long-lived key': () => main({}, { env: { NEON_API_KEY: setup.neon.adminKey } }),
  'must start with https://': () => main({ api_host: 'http://console.neon.tech/api/v2' }),
  'Neon rejected the key in the api_key input': () => main({ api_key: REVOKED }),
  'The answer did not come from Neon': () => failing(BLOCKED, project()),
  'Neon answered with an HTML page': () => failing(SIGN_IN, project()),
  'The answers may not come from Neon': () => failing(SIGN_IN, project(), 2),
  'contains a project-scoped API key': () =>
    failing(refusal(404, 'not allowed to perform actions outside the project this key is scoped to'), org()),
  "contains an organization's API key": () => main({ api_key: setup.neon.organizationKey, ...org() }),
  'is not a member of the organization, or has left it': () =>
    failing(refusal(404, 'not an organization member'), org()),
  'was not found, or the owner of the api_key is not an admin there': () =>
    main({ api_key: setup.neon.memberKey, ...org() }),
  'was not found with this key': () => main({ project_id: 'no-such-project' }),
  'belongs to no organization': () => main({ project_id: 'lonely-field-771104' }),
  'cannot connect to the proxy': () => proxied('http://127.0.0.1:9'),
  'set NODE_EXTRA_CA_CERTS to a file': () => main({ api_host: `https://localhost:${front.port}/api/v2` }),
  'answered with a redirect': () => failing({ kind: 'status', status: 302, applied: false }),
  'this action needs Node 24': () => main({}, { env: preload(['old-node'], {}) }),
  'not a number. The key is named after the run': async () => [await setup.main(setup.job({ GITHUB_RUN_ID: '' }))],
  'Trying again in': () => failing(refusal(503, 'busy')),
  ', and Neon asks to wait': gaveUp,
  'Gave up: this step is limited to': gaveUp,
  'The key may still exist; looking for it by its name': () => failing({ kind: 'reset', applied: true }),
  'The job was cancelled': cancelled,
  'so it was revoked at once. Check project_id': () =>
    answered({ project_id: setup.neon.otherProject.id }, { ...org(), ...project() }),
  'The Neon API key has an unexpected name': () =>
    whileCreating((key) => {
      key.name = 'other'
    }),
  'Neon answered about another one': () => {
    const { key, token } = setup.neon.accounts.createKey({ user: setup.neon.ada }, 'of another client', setup.neon.ada)
    return answered({ id: Number(key.id), name: key.name, key: token })
  },
  'such attempts, since each may leave a key': async () => {
    setup.inject({ operation: 'createApiKey', times: 3, failure: { kind: 'reset', applied: true } })
    return [await setup.main(setup.job())]
  },
  'could not be recorded for the post step': () =>
    whileCreating((_key, folder) => {
      for (const file of globSync('_temp/**/*state*', { cwd: folder })) rmSync(join(folder, file))
    }),
  'may still be alive': () => {
    setup.inject({ operation: 'revokeOrgApiKey', failure: refusal(403, 'no') })
    return life(project())
  },
  'The api_key input could not revoke the key': () => meanwhile(() => {}, REVOKED),
  'was not written by the main step with this api_key': async () => {
    const job = setup.job()
    await setup.main(job, project())
    job.overridePostInputs({ api_key: setup.neon.memberKey, scope: 'personal', project_id: '' })
    return job.end()
  },
  'was already revoked': () =>
    meanwhile(({ outputs }) => void setup.neon.accounts.keys.delete(outputs.api_key_id ?? ''), setup.neon.adminKey),
  'there is nothing to revoke': () => life({ api_key: '' }),
  'had another value': () => main({}, { env: { NEON_API_KEY: 'something else' } }),
  'The long-lived Neon API key is exposed': () => main({}, { env: { ADMIN_KEY: setup.neon.adminKey } }),
  'needs actions: read': () => {
    github.options.permission = 'none'
    return sweepAll()
  },
  'GitHub rejected the github_token': () => sweepAll(1, { github_token: 'expired' }),
  'must be the installation token of a GitHub App': () => sweep({ repositories: 'all' }),
  'are not visible to the api_key': () => sweep({ org_id: 'org-of-others' }),
  "GitHub's rate limit is reached": () => {
    github.options.limit = 10
    return sweepAll(20)
  },
  "Neon's rate limit is reached": () => {
    const failure = { kind: 'status' as const, status: 429, applied: false, headers: { 'retry-after': '3600' } }
    setup.inject({ operation: 'revokeOrgApiKey', failure })
    return sweepAll()
  },
  'could not be revoked': () => {
    setup.inject({ operation: 'revokeOrgApiKey', failure: refusal(403, 'no') })
    return sweepAll()
  },
  'The sweep could not check all keys': () => {
    github.fail(1, { status: 500 })
    return sweepAll()
  },
  'The sweep stopped early': () => {
    github.options.limit = 10
    return sweepAll(20)
  },
}

/** The quoted messages of the first column. */
const quoted = readFileSync(join(ROOT, 'docs', 'troubleshooting.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, message = '']) => message))

test('each message of the page is provoked here, or, about connections and records, in their own tests', () => {
  const texts = ['network.test.ts', 'forgery.test.ts'].map((file) =>
    readFileSync(join(import.meta.dirname, file), 'utf8'),
  )
  const elsewhere = quoted.filter((message) => !(message in PROVOKED))
  expect(elsewhere.filter((message) => !texts.some((text) => text.includes(message)))).toEqual([])
  expect(Object.keys(PROVOKED).filter((message) => !quoted.includes(message))).toEqual([])
})

// Windows has no signal with which a test could cancel a step.
const onWindows = process.platform === 'win32'
test.each(Object.keys(PROVOKED).filter((message) => !(onWindows && message === 'The job was cancelled')))(
  '%s',
  async (message) => {
    const steps = (await PROVOKED[message]?.()) ?? []
    const printed = steps.flatMap((step) => [
      ...(step?.log ?? []),
      ...(step?.annotations ?? []).map(({ title }) => title),
    ])
    expect(printed.join('\n')).toContain(message)
  },
)
