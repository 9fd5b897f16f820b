// `npm run conformance`: checks what the action relies on at Neon, against the simulator or against Neon itself.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { formatError } from '../../src/base/errors.ts'
import { isSendable } from '../../src/neon/api-key.ts'
import { NEON_ID } from '../../src/neon/scope.ts'
import { readApiHost } from '../../src/steps/inputs.ts'
import { writeGenerated } from '../markdown.ts'
import { checkAll, checkSimulator, LIVE_FILE, type LiveResults, readLiveResults, tableOf } from './results.ts'
import { Session } from './session.ts'

const HELP = `Checks what the action relies on at Neon: a list of statements.

  npm run conformance                                  against the simulated Neon
  NEON_API_KEY=… npm run conformance -- --live [--org-id ID [--project-id ID]]
                                                       against Neon itself, and prints where the two differ

  --live            takes your personal API key in NEON_API_KEY, of an admin of the organization; makes about 60
                    requests and 20 keys, whose names start with 'conformance-', and revokes them all in the end,
                    also after Ctrl-C
  --org-id ID       checks organization keys, too
  --project-id ID   a project of that organization: checks project-scoped keys, too
  --api-host URL    another address of the API, with --live
  --write           writes the table of docs/neon.md, and with --live ${LIVE_FILE}
  --help

Ends with 1 where a statement does not hold or a key may be left, with 2 for a wrong option.`

const MARKS: Record<string, string> = { yes: '✓', no: '✗', 'not checked': '?' }

/** What somebody has to do differently. */
class Mistake extends Error {}

function readOptions() {
  const options = {
    live: { type: 'boolean', default: false },
    'org-id': { type: 'string', default: '' },
    'project-id': { type: 'string', default: '' },
    'api-host': { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const
  try {
    const { values } = parseArgs({ options })
    for (const name of ['org-id', 'project-id'] as const) {
      if (values[name] !== '' && !NEON_ID.test(values[name])) throw new Mistake(`--${name} is not an ID of Neon's.`)
      if (values[name] !== '' && !values.live) throw new Mistake(`--${name} is for --live.`)
    }
    if (values['project-id'] !== '' && values['org-id'] === '') throw new Mistake('--project-id needs --org-id.')
    return { ...values, apiHost: readApiHost({ input: () => values['api-host'], mask: () => {} }) }
  } catch (error) {
    throw new Mistake(`${formatError(error)} See --help.`)
  }
}

/** Neon itself, with the key of whoever runs this. */
async function openLive(options: ReturnType<typeof readOptions>): Promise<Session> {
  const apiKey = (process.env.NEON_API_KEY ?? '').trim()
  if (!isSendable(apiKey)) throw new Mistake('--live takes a personal API key of Neon in NEON_API_KEY. See --help.')
  const { apiHost, 'org-id': orgId, 'project-id': projectId } = options
  const session = new Session({ apiHost, apiKey, orgId: orgId || undefined, projectId: projectId || undefined })
  const { status, json } = await session.ask('GET', '/auth')
  if (status === 401) throw new Error('Neon rejected the key in NEON_API_KEY.')
  if (json?.auth_method !== 'api_key_user') {
    throw new Error(`NEON_API_KEY has to be a personal key; ${apiHost}/auth answered ${json?.auth_method ?? status}.`)
  }
  return session
}

/** Checks every statement at Neon itself, and leaves no key behind, or says which. */
async function checkLive(session: Session): Promise<LiveResults> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, session.stop)
  process.stdout.on('error', session.stop)
  console.log('Checking at Neon itself. This takes about 20 s.')
  let left: string[] = []
  try {
    return { date: new Date().toISOString().slice(0, 10), results: await checkAll(session) }
  } finally {
    left = await session.cleanUp()
    if (left.length > 0) {
      process.exitCode = 1
      console.error(`Could not revoke, so revoke them by hand: ${left.join('; ')}`)
    }
  }
}

try {
  const options = readOptions()
  if (options.help) {
    console.log(HELP)
  } else {
    const session = options.live ? await openLive(options) : undefined
    const simulated = await checkSimulator()
    const live = session && (await checkLive(session))
    if (session?.stopped) throw new Error('Stopped.')
    for (const [says, seen] of Object.entries(live?.results ?? simulated)) {
      const other = simulated[says] === seen ? '' : `\n    the simulator: ${simulated[says]}`
      const [verdict = ''] = seen.split(':')
      console.log(`${MARKS[verdict]} ${says} ${seen}${other}`)
      if (verdict === 'no') process.exitCode = 1
    }
    if (options.write) {
      if (live) writeFileSync(join(import.meta.dirname, '../..', LIVE_FILE), `${JSON.stringify(live, null, 2)}\n`)
      writeGenerated('docs/neon.md', { conformance: tableOf(simulated, readLiveResults()) })
    }
  }
} catch (error) {
  console.error(formatError(error))
  process.exitCode = error instanceof Mistake ? 2 : 1
}
