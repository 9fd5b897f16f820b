import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Neon } from '../../simulator/neon/neon.ts'
import { startNeon } from '../../simulator/neon/server.ts'
import { table } from '../markdown.ts'
import { Contradiction, NotChecked, Session } from './session.ts'
import { STATEMENTS } from './statements.ts'

/** Statement to result: `yes`, `no` or `not checked`, and the observation. */
export type Results = Record<string, string>

/** The committed results of Neon itself; `undefined` until somebody has checked. */
export interface LiveResults {
  date: string
  results: Results
}

export const LIVE_FILE = 'docs/neon-live.json'

export function readLiveResults(): LiveResults | undefined {
  try {
    return JSON.parse(readFileSync(join(import.meta.dirname, '../..', LIVE_FILE), 'utf8')) as LiveResults
  } catch {
    return undefined
  }
}

/** Checks every statement. */
export async function checkAll(session: Session): Promise<Results> {
  const results: Results = {}
  for (const { says, check } of STATEMENTS) {
    results[says] = await check(session).then(
      (seen) => (seen === '' ? 'yes' : `yes: ${seen}`),
      (error) => {
        if (error instanceof Contradiction) return error.message === '' ? 'no' : `no: ${error.message}`
        if (error instanceof NotChecked) return `not checked: ${error.message}`
        throw error
      },
    )
  }
  return results
}

/** Checks every statement at a simulated Neon, which `change` may modify first. */
export async function checkSimulator(change: (neon: Neon) => void = () => {}): Promise<Results> {
  // With a stopped clock, the limits are reached even on a slow machine.
  const [server, limited] = [await startNeon(), await startNeon({ rateLimits: true, now: () => 0 })]
  const { neon, host } = server
  for (const one of [neon, limited.neon]) change(one)
  try {
    return await checkAll(
      new Session({
        apiHost: host,
        apiKey: neon.adminKey,
        orgId: neon.organization.id,
        projectId: neon.project.id,
        limited: { apiHost: limited.host, apiKey: limited.neon.adminKey },
      }),
    )
  } finally {
    await Promise.all([server.close(), limited.close()])
  }
}

/** The table of docs/neon.md. */
export function tableOf(simulated: Results, live: LiveResults | undefined): string {
  return table(
    ['statement', 'source', 'simulator', `Neon${live ? `, ${live.date}` : ''}`],
    STATEMENTS.map(({ says, source }) => [
      says,
      source,
      simulated[says] ?? '',
      live?.results[says] ?? 'not yet checked',
    ]),
  )
}
