// An attacker who runs code in the job, before this action or beside it: who writes variables, and what the runner reads.

import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import type { Key } from '../simulator/neon/accounts.ts'
import { type NeonServer, startNeon } from '../simulator/neon/server.ts'
import type { CommandFiles } from '../simulator/runner/command-files.ts'
import type { Job, StepOptions, StepResult } from '../simulator/runner/job.ts'
import { preload } from '../simulator/runner/preload.ts'
import { errorsOf, recordOf, requestsOf, scenario } from './support/scenario.ts'

const setup = scenario({ timeLapse: 10 })

let attacker: NeonServer
/** Keys that are not the job's: somebody's, and another job's of the same run. */
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

/** How a state stands in the runner's file. */
const saved = (value: string, name = 'record'): string => `${name}<<stop\n${value}\nstop\n`

/** The states that stand in a runner's file, in the order in which they were saved. */
const savesIn = (text: string): string[] => [...text.matchAll(/^record<<(.+)\n[^]*?\n\1\n/gm)].map(([save]) => save)

/** A record in which an attacker has changed something and left the seal as it was. */
function altered(record: string, change: (members: Record<string, unknown>) => Record<string, unknown>): string {
  const at = record.indexOf('.') + 1
  return record.slice(0, at) + JSON.stringify(change(JSON.parse(record.slice(at))))
}

/** What an attacker makes up: send the key to my host, and revoke somebody's. */
const madeUp = (): Record<string, unknown> => ({
  host: attacker.host,
  apiHost: attacker.host,
  scope: { kind: 'personal' },
  onRevokeFailure: 'warn',
  names: [],
  created: { id: others[0]?.id, name: others[0]?.name },
})

/** What happens to a job, and what must not come of it. */
interface Life {
  job: Job
  main: StepResult
  post: StepResult
  made: Key[]
}

/** How main ends, without anybody's interference. */
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
  'was killed before its first record': { killedBefore: 2 },
  'was killed before it saved the name': { killedBefore: 3 },
  'was killed after the create': { killedBefore: 4 },
  'was killed before it saved the ID': { killedBefore: 5 },
  'was killed before its first output': { killedBefore: 6 },
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
  /** When main has ended, as a process that an earlier step left behind. */
  onFiles?: (files: CommandFiles) => void
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
  'the second save is put back': { onFiles: onState((text) => text + (savesIn(text)[1] ?? '')) },
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
  // The keys of earlier uses are theirs to revoke.
  const before = new Set(neon.accounts.keys.keys())
  neon.requests.length = 0
  ending.prepare?.()
  const { killedBefore, inputs } = ending
  const interruption =
    killedBefore === undefined ? {} : preload(['time-lapse', 'writes'], { KILL_BEFORE_WRITE: `${killedBefore}` })
  const options: StepOptions = {
    env: interruption,
    postEnv: preload(['time-lapse'], { TIME_LAPSE: '10' }),
    ...(attack.onFiles && { beforeRead: attack.onFiles }),
  }
  const main = await setup.main(job, inputs, options)
  const made = [...neon.accounts.keys.values()].filter(({ id }) => !before.has(id))
  await attack.between?.(job)
  // The last main's post is the first.
  const [post] = await job.end()
  return { job, main, post: post as StepResult, made }
}

/** What holds whatever happens, where there is a job ID and Neon answers. */
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

describe.each(Object.keys(attacks))('%s', (name) => {
  test.each(Object.keys(endings))('main %s', async (ending) => {
    const life = await live(endings[ending] as Ending, attacks[name] as Attack)
    expectSafe(life)
    // Who only takes away or puts back cannot make post fail, and neither can nobody.
    if (!/made-up|old form|changed|hold|replaced/.test(name)) expect(errorsOf(life.post)).toEqual([])
  })
})
