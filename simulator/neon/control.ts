import type { Key } from './accounts.ts'
import type { Answer } from './answers.ts'
import { readFault } from './fault-check.ts'
import type { Faults } from './faults.ts'
import type { Neon } from './neon.ts'

/**
 * The simulator's own endpoints, for people and for workflows that run in another process: `GET /_simulator/state` and
 * `POST /_simulator/faults` with a fault; see simulator/README.md.
 *
 * @returns `undefined` for every other request, which Neon answers
 */
export function answerControl(
  { method, path, body }: { method: string; path: string; body: string },
  neon: Neon,
  faults: Faults,
): Answer | undefined {
  if (!path.startsWith('/_simulator/')) return undefined
  switch (`${method} ${path}`) {
    case 'GET /_simulator/state':
      return { status: 200, body: stateOf(neon) }
    case 'POST /_simulator/faults':
      try {
        faults.arm(readFault(body))
        return { status: 200, body: { armed: true } }
      } catch (error) {
        return { status: 400, body: { message: `not a fault: ${(error as Error).message}` } }
      }
    default:
      return { status: 404, body: { message: 'the simulator has GET /_simulator/state and POST /_simulator/faults' } }
  }
}

function stateOf(neon: Neon): object {
  const visible = ({ id, name, createdAt, lastUsedAt, revokedAt }: Key) => ({
    id,
    name,
    createdAt,
    lastUsedAt,
    revokedAt,
  })
  return {
    keys: [...neon.accounts.keys.values()].map(visible),
    createdKeys: neon.createdKeys().map(visible),
    requests: neon.requests.map(({ method, path, status }) => ({ method, path, status })),
    violations: neon.violations,
  }
}
