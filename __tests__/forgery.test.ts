// An attacker who runs code in the job, before or alongside this action, and writes variables and the runner's files.

import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Listening } from '../simulator/listening.ts'
import type { Key } from '../simulator/neon/accounts.ts'
import { type NeonServer, startNeon } from '../simulator/neon/server.ts'
import { type ProxyServer, startProxy } from '../simulator/proxy.ts'
import type { CommandFiles } from '../simulator/runner/command-files.ts'
import type { Job, StepOptions, StepResult } from '../simulator/runner/job.ts'
import { preload } from '../simulator/runner/preload.ts'
import { type Certificate, generateCertificate, startTlsFront } from '../simulator/tls.ts'
import { useOf } from '../src/steps/record.ts'
import { seal } from '../src/steps/seal.ts'
import { errorsOf, requestsOf, scenario } from './support/scenario.ts'

const setup = scenario({ timeLapse: 20 })

/** Milliseconds after which a late key is created, when main has looked for it. */
const LATE = 60

let attacker: NeonServer
/** Keys of others: an unrelated key, and a key of another job in the same run. */
let others: Key[]

beforeAll(async () => {
  attacker = await startNeon()
})
beforeEach(() => {
  const { neon } = setup
  others = ['terraform', 'gha/812345678/19876543210/1/48216309158/aaaaaaaa/shop.test'].flatMap((name) =>
    [{ user: neon.ada }, { organization: neon.organization }].map(
      (owner) => neon.accounts.createKey(owner, name, neon.ada).key,
    ),
  )
})
afterEach(() => attacker.reset())
afterAll(() => attacker.close())

/** The form of a state in the runner's file. */
const saved = (value: string, name = 'record'): string => `${name}<<stop\n${value}\nstop\n`

/** The states in a runner's file, in the order in which they were saved. */
const savesIn = (text: string): string[] => [...text.matchAll(/^record<<(.+)\n[\s\S]*?\n\1\n/gm)].map(([save]) => save)

/** A record that an attacker has changed without changing the seal. */
function altered(record: string, change: (members: Record<string, unknown>) => Record<string, unknown>): string {
  const at = record.indexOf('.') + 1
  return record.slice(0, at) + JSON.stringify(change(JSON.parse(record.slice(at))))
}

/** A forged record: send the key to the attacker's host, and revoke somebody else's key. */
const madeUp = (): Record<string, unknown> => ({
  host: attacker.host,
  apiHost: attacker.host,
  scope: { kind: 'personal' },
  onRevokeFailure: 'warn',
  names: [],
  created: { id: others[0]?.id, name: others[0]?.name },
})

/** The result of an attacked job. */
interface Life {
  job: Job
  main: StepResult
  post: StepResult
  made: Key[]
}

/** How main ends without an attack. */
interface Ending {
  inputs?: Record<string, string>
  /** The write before which main is killed, counted from 0. */
  killedBefore?: number
  prepare?: () => void
}
const refusal = { kind: 'status', status: 422, applied: false } as const
const endings: Record<string, Ending> = {
  'has succeeded': {},
  'has succeeded for a project': { inputs: { project_id: 'shiny-wind-028834' } },
  'was refused': { prepare: () => setup.inject({ operation: 'createApiKey', failure: refusal }) },
  'was killed before its first save': { killedBefore: 0 },
  'was killed before it saved the ID': { killedBefore: 5 },
  'had wrong inputs': { inputs: { env_name: '1' } },
  'had no key': { inputs: { api_key: '' } },
  'had its look-up fail': {
    inputs: { project_id: 'shiny-wind-028834' },
    prepare: () => setup.inject({ operation: 'getProject', failure: refusal }),
  },
  'lost an answer and made a second key': {
    prepare: () => setup.inject({ operation: 'createApiKey', failure: { kind: 'reset', applied: true } }),
  },
  'does not know whether there is a key': {
    prepare() {
      setup.inject({ operation: 'createApiKey', failure: { kind: 'reset', applied: true } })
      setup.inject({ operation: 'listApiKeys', failure: refusal })
    },
  },
}

/** What an attacker does. */
interface Attack {
  /** Before main runs, e.g. in another job, to have a record to replay. */
  before?: (job: Job) => Promise<void>
  /** When main has ended, by a process that an earlier step left running. */
  onFiles?: ((files: CommandFiles) => void) | undefined
  /** In a step between main and post. */
  between?: (job: Job) => Promise<unknown>
}
const onState =
  (change: (text: string, file: string) => string): Attack['onFiles'] =>
  ({ state }) =>
    writeFileSync(state, change(readFileSync(state, 'utf8'), state))

/** Saves the records of an earlier use of the action, to replay them later. */
function replaying(earlier: (job: Job) => Promise<StepResult>, which = -1): Attack {
  let record = ''
  return {
    async before(job) {
      const { files } = await earlier(job)
      record = savesIn(readFileSync(files.state, 'utf8')).at(which) ?? ''
      expect(record).not.toBe('')
    },
    onFiles: ({ state }) => appendFileSync(state, record),
  }
}
const setVariable = (job: Job, ...lines: string[]): Promise<StepResult> =>
  job.run('set variables', 'sh', ['-c', 'printf "%s\\n" "$@" >> "$GITHUB_ENV"', 'sh', ...lines])

const attacks: Record<string, Attack> = {
  'nobody interferes': {},
  'the state file is removed': { onFiles: ({ state }) => rmSync(state) },
  'the state file is emptied': { onFiles: ({ state }) => truncateSync(state) },
  'the state file is replaced by a folder': {
    onFiles({ state }) {
      rmSync(state)
      mkdirSync(state)
    },
  },
  'the state file is cut in the middle': { onFiles: onState((text) => text.slice(0, text.length / 2)) },
  'the last save is taken back': { onFiles: onState((text) => savesIn(text).slice(0, -1).join('')) },
  'all saves but the first two are taken back': { onFiles: onState((text) => savesIn(text).slice(0, 2).join('')) },
  'the third save is put back': { onFiles: onState((text) => text + (savesIn(text)[2] ?? '')) },
  'an empty record is put at the end': { onFiles: onState((text) => text + saved('')) },
  'a made-up record without a seal': { onFiles: onState((text) => text + saved(JSON.stringify(madeUp()))) },
  'a made-up record with a seal': {
    onFiles: onState((text) => text + saved(`${'0'.repeat(64)}.${JSON.stringify(madeUp())}`)),
  },
  'the state has the old form, and names in another case': {
    onFiles: onState(
      (text) => `${text + saved(`v1.x.${JSON.stringify(madeUp())}`, 'RECORD')}RECORD=${'a'.repeat(99)}\n`,
    ),
  },
  'members of the record are changed': {
    onFiles: onState((text) => {
      const record = savesIn(text).at(-1)?.split('\n')[1] ?? ''
      return record === '' ? text : text + saved(altered(record, (members) => ({ ...members, ...madeUp() })))
    }),
  },
  'the host of the record is replaced with one of the same length': {
    onFiles: onState((text) => text.replaceAll(setup.host, attacker.host)),
  },
  'variables hold a record, before main and after': {
    before: (job) =>
      setVariable(job, `STATE_record=${'0'.repeat(64)}.${JSON.stringify(madeUp())}`, `STATE_RECORD=x`).then(() => {}),
    onFiles: ({ state }) => rmSync(state),
    between: (job) => setVariable(job, `STATE_record=${JSON.stringify(madeUp())}`, 'STATE_created={"id":"1"}'),
  },
  'variables name other hosts, inputs and proxies': {
    between: (job) =>
      setVariable(
        job,
        ...['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy', 'INPUT_API_HOST'].map(
          (name) => `${name}=${attacker.host}`,
        ),
        `input_api_host=${attacker.host}`,
        'NO_PROXY=',
        'GITHUB_RUN_ID=1',
        'GITHUB_ACTION=other',
        'INPUT_JOB_ID=48216309158',
      ),
  },
  'the record of an earlier use in this job is put back': replaying((job) => setup.main(job, { env_name: 'EARLIER' })),
  'the record of an earlier, refused use in this job is put back': replaying((job) => {
    setup.inject({ operation: 'createApiKey', failure: refusal })
    return setup.main(job, { env_name: 'EARLIER' })
  }),
  'the record of another matrix leg is put back': replaying(() => {
    const leg = setup.job()
    leg.checkRunId = '48216309158'
    return setup.main(leg)
  }),
  'the record of another, refused matrix leg is put back': replaying(() => {
    const leg = setup.job()
    leg.checkRunId = '48216309158'
    setup.inject({ operation: 'createApiKey', failure: refusal })
    return setup.main(leg)
  }),
  'the record of another run is put back': replaying(() => setup.main(setup.job({ GITHUB_RUN_ID: '19876543211' }))),
  'the record of another attempt is put back': replaying(() => setup.main(setup.job({ GITHUB_RUN_ATTEMPT: '2' }))),
  'the record of another repository is put back': replaying(() => setup.main(setup.job({ GITHUB_REPOSITORY_ID: '8' }))),
  "the record of another account's key is put back": replaying(() =>
    setup.main(setup.job(), { api_key: setup.neon.memberKey }),
  ),
}

async function live(ending: Ending, attack: Attack): Promise<Life> {
  const { neon } = setup
  const job = setup.job()
  await attack.before?.(job)
  // Earlier uses revoke their own keys.
  const before = new Set(neon.accounts.keys.keys())
  neon.requests.length = 0
  ending.prepare?.()
  const { killedBefore, inputs } = ending
  const interruption =
    killedBefore === undefined ? {} : preload(['time-lapse', 'writes'], { KILL_BEFORE_WRITE: `${killedBefore}` })
  const options: StepOptions = {
    env: interruption,
    postEnv: preload(['time-lapse'], { TIME_LAPSE: '20' }),
    ...(attack.onFiles && { beforeRead: attack.onFiles }),
  }
  const main = await setup.main(job, inputs, options)
  const made = [...neon.accounts.keys.values()].filter(({ id }) => !before.has(id))
  await attack.between?.(job)
  // Post steps run in reverse order: the first one belongs to the last main step.
  const [post] = await job.end()
  return { job, main, post: post as StepResult, made }
}

/** Holds under every attack if there is a job ID and Neon answers. */
function expectSafe({ job, main, post, made }: Life): void {
  const { neon } = setup
  expect(attacker.neon.requests).toEqual([])
  expect(others.filter(({ revokedAt }) => revokedAt !== undefined)).toEqual([])
  expect(made.filter(({ revokedAt }) => revokedAt === undefined)).toEqual([])
  expect(post.exitCode).not.toBeNull()
  if (post.exitCode !== 0) expect(errorsOf(post)).toHaveLength(1)
  const deleted = neon.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path.split('/').at(-1))
  const foreign = new Set(others.map(({ id }) => id))
  expect(deleted.filter((id) => foreign.has(id ?? ''))).toEqual([])
  for (const { stdout, stderr } of [main, post]) {
    expect(stderr).toBe('')
    expect(stdout.replaceAll(`::add-mask::${neon.adminKey}`, '')).not.toContain(neon.adminKey)
  }
  for (const { path, text } of job.filesOnDisk()) {
    expect({ path, text }).toEqual({ path, text: expect.not.stringContaining(neon.adminKey) })
  }
}

/** Endings that leave the same kinds of files as others are tested only with some of the attacks. */
const RARE = ['had no key', 'lost an answer and made a second key', 'does not know whether there is a key']
const FOR_ALL = /nobody|removed|with a seal|taken back|members/

describe.each(Object.keys(attacks))('%s', (name) => {
  const met = Object.keys(endings).filter((ending) => FOR_ALL.test(name) || !RARE.includes(ending))
  test.each(met)('main %s', async (ending) => {
    const life = await live(endings[ending] as Ending, attacks[name] as Attack)
    expectSafe(life)
    // Removing main's records, or restoring an earlier record of the same use, cannot make post fail.
    if (/nobody|removed|emptied|cut|taken|save is put/.test(name)) expect(errorsOf(life.post)).toEqual([])
  })
})

/** The records that main saved, each in the form of a state file. */
const recordsOf = ({ files }: StepResult): string[] => savesIn(readFileSync(files.state, 'utf8'))

test('a removed state file, and main killed before its first save: one request, and no error', async () => {
  const ending = { killedBefore: 0 }
  const { post } = await live(ending, {})
  expect(post).toMatchObject({ exitCode: 0, log: ['The main step left no record, and no API key of this job exists.'] })
  expect(requestsOf(setup.neon)).toEqual(['GET 200'])
})

test('a removed state file: post looks for the keys of this job', async () => {
  const { main, post } = await live({}, { onFiles: ({ state }) => rmSync(state) })
  expect(post).toMatchObject({
    exitCode: 0,
    log: [`Revoked the Neon API key ${main.outputs.api_key_id} (${main.outputs.api_key_name}). It was never used.`],
  })
  expect(requestsOf(setup.neon)).toEqual(['POST 200', 'GET 200', 'DELETE 200'])
})

describe('a runner that does not provide the job ID', () => {
  const without = (attack: Attack): Attack => ({
    ...attack,
    before(job) {
      job.checkRunId = ''
      return attack.before?.(job) ?? Promise.resolve()
    },
  })

  test.each(Object.keys(endings))('the state file is removed: post fails and says why, main %s', async (name) => {
    const { post, made } = await live(
      endings[name] as Ending,
      without({ onFiles: ({ state }) => rmSync(state, { force: true }) }),
    )
    if (name === 'had no key') return expect(post.exitCode).toBe(0)
    expect(post.exitCode).toBe(1)
    expect(errorsOf(post)).toEqual([expect.stringContaining('does not provide the job ID')])
    expect(errorsOf(post)[0]).toContain('neon api-keys list')
    for (const { revokedAt } of others) expect(revokedAt).toBeUndefined()
    expect(made.length).toBeLessThan(3)
  })

  // An earlier record of the same use has a valid seal, like the last one.
  const lost: Record<string, Ending> = {
    'once, and then made a key': {
      prepare: () => setup.inject({ operation: 'createApiKey', failure: { kind: 'reset', applied: true } }),
    },
    'once, and the list lacked the key': {
      prepare() {
        setup.inject({ operation: 'createApiKey', failure: { kind: 'late', milliseconds: LATE } })
      },
    },
    'as the answer had no ID': {
      prepare: () => setup.inject({ operation: 'createApiKey', failure: { kind: 'fields', fields: { id: null } } }),
    },
    'as the answer was about a key that is not listed': {
      inputs: { org_id: 'org-quiet-river-12345678', project_id: 'shiny-wind-028834' },
      prepare() {
        const fields = { id: 9, name: undefined, project_id: undefined }
        setup.inject({ operation: 'createOrgApiKey', failure: { kind: 'fields', fields } })
      },
    },
  }
  test.each(Object.keys(lost))('each save of a main that lost an answer %s is put back', async (name) => {
    let saves = 1
    for (let save = 0; save < saves; save += 1) {
      const onFiles = onState((text) => {
        const records = savesIn(text)
        saves = records.length
        return records.slice(0, save + 1).join('')
      })
      const { post, made, main } = await live(lost[name] as Ending, without({ onFiles }))
      expect(main.exitCode).toBe(0)
      // Post has looked for keys that are created late.
      const alive = made.filter(({ revokedAt }) => revokedAt === undefined)
      if (post.exitCode === 0) expect({ save, alive }).toEqual({ save, alive: [] })
      else expect(errorsOf(post)).toHaveLength(1)
      for (const { revokedAt } of others) expect(revokedAt).toBeUndefined()
      // By then the late key has been created, so that the next life does not count it.
      await sleep(LATE)
    }
    expect(saves).toBeGreaterThan(4)
  })
})

describe('two uses in one composite action, which have the same GITHUB_ACTION', () => {
  test('the record of the first replaces that of the second: both keys are revoked', async () => {
    const job = setup.job()
    job.composite = '__octo-org_both'
    const first = await setup.main(job)
    const record = recordsOf(first).at(-1) ?? ''
    await setup.main(job, { env_name: 'SECOND_KEY' }, { beforeRead: ({ state }) => writeFileSync(state, record) })
    expect(setup.neon.createdKeys()).toHaveLength(others.length + 2)
    await job.end()
    expect(setup.neon.createdKeys()).toEqual(others)
  })
})

describe('post gets a different api_key than main (actions/runner 3514)', () => {
  const anything = [
    { kind: 'no key' },
    { kind: 'nothing yet' },
    { kind: 'keys', doubtful: [], apiHost: '', scope: { kind: 'personal' } },
    {},
  ]
  test.each(anything)('none: no forged seal is valid, %j', async (record) => {
    const job = setup.job()
    const main = await setup.main(
      job,
      {},
      {
        beforeRead({ state }) {
          const use = useOf(
            { ...job.github, GITHUB_ACTION: '__octo-org_Ephemeral-Neon-API-key', GITHUB_JOB: 'test' },
            job.checkRunId,
          )
          appendFileSync(state, saved(seal(JSON.stringify({ ...record, apiHost: attacker.host }), '', use)))
        },
      },
    )
    job.overridePostInputs({ api_key: '' })
    const [post] = await job.end()
    expect(post?.exitCode).toBe(1)
    expect(errorsOf(post as StepResult)[0]).toContain('contains no API key in the post step')
    expect(attacker.neon.requests).toEqual([])
    expect(main.exitCode).toBe(0)
  })
})

describe('a state that cannot be saved', () => {
  const obstacles: Record<string, (state: string) => void> = {
    'the file is removed': (state) => rmSync(state),
    'the folder is removed': (state) => rmSync(dirname(state), { recursive: true }),
    'a folder is in its place': (state) => mkdirSync(state),
    'the disk is full': (state) => symlinkSync('/dev/full', state),
  }
  /** A command file of the main step that is running, its state file by default. */
  const stateOf = (job: Job, kind = 'save_state'): string => {
    const folder = join(job.folder, '_temp', '_runner_file_commands')
    return join(folder, readdirSync(folder).find((name) => name.startsWith(kind)) ?? '')
  }
  const obstruct = (job: Job, name: string): void => {
    const state = stateOf(job)
    if (!name.includes('removed')) rmSync(state)
    obstacles[name]?.(state)
  }
  /** A file that the runner would read endlessly. */
  const beforeRead = ({ state }: CommandFiles): void => {
    if (lstatSync(state, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(state)
  }
  afterEach(() => {
    setup.neon.accounts.onCreate = () => {}
  })

  const onPosix = Object.keys(obstacles).filter((name) => process.platform !== 'win32' || name !== 'the disk is full')
  test.each(onPosix)('%s while the create is in flight: main revokes the key at once, and fails', async (name) => {
    const job = setup.job()
    setup.neon.accounts.onCreate = () => obstruct(job, name)
    const main = await setup.main(job, {}, { beforeRead })
    expect(main).toMatchObject({ exitCode: 1, stderr: '' })
    expect([main.outputs, main.exported]).toEqual([{}, {}])
    expect(errorsOf(main)).toEqual([expect.stringMatching(/API key \d+ .*could not be recorded.*revoked at once/)])
    expect(requestsOf(setup.neon)).toEqual(['POST 200', 'DELETE 200'])
    expect(setup.neon.createdKeys()).toEqual(others)
    expect((await job.end())[0]?.exitCode).toBe(0)
  })

  test.each(onPosix)('%s, and Neon does not revoke the key: main says which key is alive', async (name) => {
    const job = setup.job()
    setup.neon.accounts.onCreate = () => obstruct(job, name)
    setup.inject({ operation: 'revokeApiKey', times: 99, failure: { kind: 'status', status: 403, applied: false } })
    const main = await setup.main(job, {}, { beforeRead })
    const key = setup.neon.createdKeys().find((one) => !others.includes(one))
    expect([main.exitCode, main.outputs, main.exported]).toEqual([1, {}, {}])
    expect(errorsOf(main)).toEqual([expect.stringContaining(`neon api-keys revoke ${key?.id}\n`)])
    expect(errorsOf(main)[0]).toContain(key?.name)
    expect(main.milliseconds).toBeLessThan(180_000 / 10)
  })

  test.each(['output', 'env'])(
    'the %s file is removed: main fails, no step gets the key, post revokes it',
    async (kind) => {
      const job = setup.job()
      setup.neon.accounts.onCreate = () => rmSync(stateOf(job, `set_${kind}`))
      const main = await setup.main(job)
      expect(main).toMatchObject({ exitCode: 1, stderr: '', exported: {} })
      const file = `GITHUB_${kind.toUpperCase()}`
      expect(errorsOf(main)).toEqual([
        expect.stringMatching(`Cannot write \\w+ to the runner's file ${file}: Missing file`),
      ])
      expect((await job.end())[0]?.exitCode).toBe(0)
      expect(setup.neon.createdKeys()).toEqual(others)
    },
  )

  test.each(onPosix)('%s before main has started: nothing is created', async (name) => {
    const job = setup.job()
    const main = await setup.main(job, {}, { onSpawn: () => obstruct(job, name), beforeRead })
    expect(main.exitCode).toBe(1)
    expect(requestsOf(setup.neon)).toEqual([])
    expect((await job.end())[0]?.exitCode).toBe(0)
  })
})

describe('proxies', () => {
  const HOST = 'neon.example'
  const PASSWORD = 'correct-horse'
  const fronts = new Map<string, number>()
  let front: Listening
  let proxy: ProxyServer
  let evil: ProxyServer
  let certificate: Certificate
  let inputs: Record<string, string>

  beforeAll(async () => {
    certificate = await generateCertificate([HOST])
    front = await startTlsFront(certificate, () => setup.host)
    fronts.set(HOST, front.port)
    proxy = await startProxy(fronts)
    evil = await startProxy(fronts)
    inputs = { api_host: `https://${HOST}/api/v2` }
  })
  beforeEach(() => {
    for (const one of [proxy, evil]) {
      one.requests = []
      one.credentials = []
    }
  })
  afterAll(() => Promise.all([front, proxy, evil].map((one) => one.close())))

  const trusting = (): Job => {
    const job = setup.job()
    job.env.NODE_EXTRA_CA_CERTS = join(job.folder, 'certificate.pem')
    writeFileSync(job.env.NODE_EXTRA_CA_CERTS, certificate.cert)
    return job
  }
  const evilVariables = (): string[] =>
    ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy', 'NPM_CONFIG_PROXY'].map(
      (name) => `${name}=http://127.0.0.1:${evil.port}`,
    )

  test('a later step sets another proxy: post uses only the one of main', async () => {
    const job = trusting()
    job.env.HTTPS_PROXY = `http://127.0.0.1:${proxy.port}`
    const main = await setup.main(job, inputs)
    expect(errorsOf(main)).toEqual([])
    await setVariable(job, ...evilVariables())
    const [post] = await job.end()
    expect(errorsOf(post as StepResult)).toEqual([])
    expect(evil.requests).toEqual([])
    expect(proxy.requests).toEqual([`CONNECT ${HOST}:443`, `CONNECT ${HOST}:443`])
    expect(setup.neon.createdKeys()).toEqual(others)
  })

  test('a later step removes the proxy: post still uses it', async () => {
    const job = trusting()
    job.env.HTTPS_PROXY = `http://127.0.0.1:${proxy.port}`
    await setup.main(job, inputs)
    await setVariable(job, 'HTTPS_PROXY=', 'https_proxy=', `NO_PROXY=${HOST}`, 'no_proxy=*')
    const [post] = await job.end()
    expect(errorsOf(post as StepResult)).toEqual([])
    expect(proxy.requests).toHaveLength(2)
  })

  test('main used no proxy, and a later step sets one: post uses no proxy', async () => {
    // Only the proxies can resolve the host, so post fails instead of using one that might intercept.
    const job = trusting()
    const main = await setup.main(job, { api_host: setup.host })
    expect(errorsOf(main)).toEqual([])
    await setVariable(job, ...evilVariables())
    const [post] = await job.end()
    expect(errorsOf(post as StepResult)).toEqual([])
    expect(evil.requests).toEqual([])
  })

  test('user name and password come from the environment, and are in no file', async () => {
    const job = trusting()
    job.env.HTTPS_PROXY = `http://ci:${PASSWORD}@127.0.0.1:${proxy.port}`
    await setup.main(job, inputs)
    const [post] = await job.end()
    expect(errorsOf(post as StepResult)).toEqual([])
    const expected = `Basic ${Buffer.from(`ci:${PASSWORD}`).toString('base64')}`
    expect(proxy.credentials).toEqual([expected, expected])
    for (const { path, text } of job.filesOnDisk()) expect({ path, text }).toEqual({ path, text: withoutPassword })
  })

  test('they are also found under the other spelling of the variable', async () => {
    const job = trusting()
    job.env.HTTPS_PROXY = `http://ci:${PASSWORD}@127.0.0.1:${proxy.port}`
    await setup.main(job, inputs)
    await setVariable(job, `https_proxy=http://127.0.0.1:${evil.port}`, `http_proxy=http://127.0.0.1:${evil.port}`)
    const [post] = await job.end()
    expect(errorsOf(post as StepResult)).toEqual([])
    expect(proxy.credentials.at(-1)).toMatch(/^Basic /)
    expect(evil.requests).toEqual([])
  })

  test('they are not sent to any other proxy', async () => {
    const job = trusting()
    job.env.HTTPS_PROXY = `http://ci:${PASSWORD}@127.0.0.1:${proxy.port}`
    await setup.main(job, inputs)
    await setVariable(job, `HTTPS_PROXY=http://ci:${PASSWORD}@127.0.0.1:${evil.port}`)
    await job.end()
    expect(evil.requests).toEqual([])
    expect(proxy.credentials.at(-1)).toBeUndefined()
  })

  const withoutPassword = expect.not.stringContaining(PASSWORD)
  test.each(['ci:correct-horse@127.0.0.1:9', 'ci:correct-horse', 'socks5://ci:correct-horse@127.0.0.1:9'])(
    'an unusable address such as %s is not written anywhere',
    async (address) => {
      const job = trusting()
      job.env.HTTPS_PROXY = address
      const main = await setup.main(job, inputs)
      expect(main.exitCode).toBe(1)
      const [post] = await job.end()
      expect(post?.exitCode).toBe(0)
      for (const { stdout } of [main, post as StepResult]) expect(stdout).toEqual(withoutPassword)
      for (const { path, text } of job.filesOnDisk()) expect({ path, text }).toEqual({ path, text: withoutPassword })
    },
  )
})

test('api_host from an expression that a later step changes: post uses the host of main', async () => {
  const job = setup.job({ NEON_API_HOST: setup.host })
  const main = await setup.main(job, { api_host: '${{ env.NEON_API_HOST }}' })
  expect(main.exitCode).toBe(0)
  await setVariable(job, `NEON_API_HOST=${attacker.host}`)
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
  expect(attacker.neon.requests).toEqual([])
  expect(setup.neon.createdKeys()).toEqual(others)
})

test('the same, and the state file is removed: post checks the host before it looks for the keys of this job', async () => {
  const job = setup.job({ NEON_API_HOST: setup.host })
  const options: StepOptions = { beforeRead: ({ state }) => rmSync(state) }
  await setup.main(job, { api_host: '${{ env.NEON_API_HOST }}' }, options)
  await setVariable(job, 'NEON_API_HOST=http://neon.invalid')
  const [post] = await job.end()
  expect(errorsOf(post as StepResult)).toEqual([expect.stringContaining('must start with https://')])
})

// Variables in GITHUB_ENV can make Node itself print debug output.
test.each([
  { NODE_DEBUG: '*', NODE_DEBUG_NATIVE: '' },
  { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
  { NODE_PENDING_DEPRECATION: '1' },
])('Node prints no key in its debug output: %j', async (variables) => {
  const job = setup.job(variables)
  const main = await setup.main(job)
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
  for (const { stderr } of [main, post as StepResult]) {
    expect(stderr).not.toContain(setup.neon.adminKey)
    expect(stderr).not.toContain(main.outputs.api_key)
  }
})

// Post cannot prevent these, but the step fails visibly.
test.each([{ NODE_CHANNEL_FD: 'x' }, { OPENSSL_CONF: import.meta.filename }, { ANYTHING: 'x'.repeat(256 * 1024) }])(
  'a variable that keeps post from starting makes the step fail: %#',
  async (variables) => {
    const job = setup.job()
    await setup.main(job)
    Object.assign(job.env, variables)
    const [post] = await job.end()
    expect(post?.conclusion).toBe('failure')
  },
)
