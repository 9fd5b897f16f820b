import type { Key } from './accounts.ts'
import type { Answer } from './answers.ts'
import type { Fault, Faults } from './faults.ts'
import type { Neon } from './neon.ts'

/**
 * The simulator's own addresses, for people and for workflows that run in another process: `GET /_simulator/state` and
 * `POST /_simulator/faults` with a {@link Fault}.
 *
 * @returns `undefined` for every request that is Neon's to answer
 */
export function answerControl(
  method: string,
  path: string,
  body: string,
  neon: Neon,
  faults: Faults,
): Answer | undefined {
  if (!path.startsWith('/_simulator/')) return undefined
  if (method === 'GET' && path === '/_simulator/state') return { status: 200, body: describe(neon) }
  if (method === 'POST' && path === '/_simulator/faults') {
    try {
      faults.arm(JSON.parse(body) as Fault)
      return { status: 200, body: { armed: true } }
    } catch (error) {
      return { status: 400, body: { message: `not a fault: ${error}` } }
    }
  }
  return { status: 404, body: { message: 'the simulator has GET /_simulator/state and POST /_simulator/faults' } }
}

function describe(neon: Neon): object {
  const tell = ({ id, name, createdAt, lastUsedAt, revokedAt }: Key): object => ({
    id,
    name,
    createdAt,
    lastUsedAt,
    revokedAt,
  })
  return {
    live: neon.accounts.liveKeys().map(tell),
    strangers: neon.strangers().map(tell),
    revoked: [...neon.accounts.keys.values()].filter((key) => key.revokedAt !== undefined).map(tell),
    requests: neon.requests.map(({ method, path, status }) => ({ method, path, status })),
    violations: neon.violations,
  }
}
