import type { Accounts, Key } from './accounts.ts'
import type { Fault, Faults } from './faults.ts'
import type { Answer } from './operations.ts'
import type { RecordedRequest } from './server.ts'

interface Controlled {
  accounts: Accounts
  requests: RecordedRequest[]
  violations: string[]
  strangers: () => Key[]
  faults: Faults
}

/**
 * The simulator's own addresses, for people and for workflows that run in another process: `GET /_simulator/state` and
 * `POST /_simulator/faults` with a {@link Fault}.
 *
 * @returns `undefined` for every request that is Neon's to answer
 */
export function answerControl(method: string, path: string, body: string, simulator: Controlled): Answer | undefined {
  if (!path.startsWith('/_simulator/')) return undefined
  if (method === 'GET' && path === '/_simulator/state') return { status: 200, body: describe(simulator) }
  if (method === 'POST' && path === '/_simulator/faults') {
    try {
      simulator.faults.arm(JSON.parse(body) as Fault)
      return { status: 200, body: { armed: true } }
    } catch (error) {
      return { status: 400, body: { message: `not a fault: ${error}` } }
    }
  }
  return { status: 404, body: { message: 'the simulator has GET /_simulator/state and POST /_simulator/faults' } }
}

function describe({ accounts, requests, violations, strangers }: Controlled): object {
  const tell = ({ id, name, createdAt, lastUsedAt, revokedAt }: Key): object => ({
    id,
    name,
    createdAt,
    lastUsedAt,
    revokedAt,
  })
  return {
    live: accounts.liveKeys().map(tell),
    strangers: strangers().map(tell),
    revoked: [...accounts.keys.values()].filter((key) => key.revokedAt !== undefined).map(tell),
    requests: requests.map((request) => ({ method: request.method, path: request.path, status: request.status })),
    violations,
  }
}
