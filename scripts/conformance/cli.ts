// `npm run conformance`: checks the action's assumptions about Neon against the simulator or against Neon itself.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatError } from '../../src/base/errors.ts'
import { isSendable } from '../../src/neon/api-key.ts'
import { NEON_ID } from '../../src/neon/scope.ts'
import { readApiHost } from '../../src/steps/inputs.ts'
import { fail, readCommand } from '../command.ts'
import { writeGenerated } from '../markdown.ts'
import { checkAll, checkSimulator, LIVE_FILE, type LiveResults, readLiveResults, tableOf } from './results.ts'
import { Session } from './session.ts'

const given = readCommand({
  usage: 'npm run conformance --',
  does: "Checks the action's assumptions about Neon, statement by statement, against the simulated Neon.",
  flags: {
    live: {
      help: 'check Neon itself, with your personal key in NEON_API_KEY, and print the differences. Creates about 20 keys whose names start with conformance-, and revokes them all, even after Ctrl-C',
    },
    'org-id': { value: 'ID', help: 'with --live: also check organization keys; you must be an admin there' },
    'project-id': { value: 'ID', help: "with --live: also check keys of this project, one of that organization's" },
    'api-host': { value: 'URL', help: 'with --live: another address of the API' },
    write: { help: 'write the table of docs/neon.md, and with --live the results' },
  },
})
const MARKS: Record<string, string> = { yes: '✓', no: '✗', 'not checked': '?' }

/** Neon itself, with the user's key. */
async function openLive(): Promise<Session> {
  const apiKey = (process.env.NEON_API_KEY ?? '').trim()
  if (!isSendable(apiKey)) fail('--live takes a personal API key of Neon in the environment variable NEON_API_KEY.')
  // Unset variables of GitHub are empty.
  const [orgId, projectId] = [given.text('org-id') || undefined, given.text('project-id') || undefined]
  for (const id of [orgId, projectId]) {
    if (id !== undefined && !NEON_ID.test(id)) fail(`'${id}' is not an ID of Neon's.`)
  }
  if (projectId !== undefined && orgId === undefined) fail('--project-id needs --org-id.')
  const session = new Session({ apiHost: apiHostGiven(), apiKey, orgId, projectId })
  const { status, json } = await session.ask('GET', '/auth')
  if (status === 401) throw new Error('Neon rejected the key in NEON_API_KEY.')
  if (json?.auth_method !== 'api_key_user') {
    throw new Error(`NEON_API_KEY has to be a personal key; GET /auth answered ${json?.auth_method ?? status}.`)
  }
  return session
}

function apiHostGiven(): string {
  try {
    return readApiHost({ input: () => given.text('api-host') ?? '', mask: () => {} })
  } catch (error) {
    return fail(formatError(error))
  }
}

/** Checks every statement at Neon itself. Revokes all its keys, or reports those that it could not revoke. */
async function checkLive(session: Session): Promise<LiveResults> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, session.stop)
  process.stdout.on('error', session.stop)
  console.log('Checking at Neon itself. This takes about 20 s.')
  try {
    return { date: new Date().toISOString().slice(0, 10), results: await checkAll(session) }
  } finally {
    const left = await session.cleanUp()
    if (left.length > 0) {
      process.exitCode = 1
      console.error(`Could not revoke, so revoke them by hand: ${left.join('; ')}`)
    }
  }
}

try {
  const session = given.has('live') ? await openLive() : undefined
  const simulated = await checkSimulator()
  const live = session && (await checkLive(session))
  if (session?.stopped) throw new Error('Stopped.')
  for (const [says, seen] of Object.entries(live?.results ?? simulated)) {
    const other = simulated[says] === seen ? '' : `\n    the simulator: ${simulated[says]}`
    const [verdict = ''] = seen.split(':')
    console.log(`${MARKS[verdict]} ${says} ${seen}${other}`)
    if (verdict === 'no') process.exitCode = 1
  }
  if (given.has('write')) {
    if (live) writeFileSync(join(import.meta.dirname, '../..', LIVE_FILE), `${JSON.stringify(live, null, 2)}\n`)
    writeGenerated('docs/neon.md', { conformance: tableOf(simulated, readLiveResults()) })
  }
} catch (error) {
  console.error(formatError(error))
  process.exitCode = 1
}
