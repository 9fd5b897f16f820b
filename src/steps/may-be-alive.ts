import { formatError, KeyMayBeAlive } from '../base/errors.ts'
import { describeScope, type RequestedScope } from '../neon/scope.ts'
import type { OnRevokeFailure } from './inputs.ts'

/** What is known about a key that may be alive. */
export interface SuspectedKey {
  /** `undefined` if only names are known. */
  id?: string | undefined
  /** Names that the key may have; none if only its job is known. */
  names: readonly string[]
  /** `undefined` if it is not known. */
  scope?: RequestedScope | undefined
  /** Why it could not be revoked. */
  cause: unknown
}

/** The error for keys that may be alive: which, why, and how to revoke them by hand. */
export function mayBeAlive(keys: readonly SuspectedKey[], onRevokeFailure: OnRevokeFailure): KeyMayBeAlive {
  const commands = [...new Set(keys.flatMap(commandsFor))]
  const message = [
    ...keys.map(describeSuspect),
    'Neon API keys never expire: revoke it by hand, with the command above or in the Neon Console.',
  ]
  return new KeyMayBeAlive(message.join(' '), { commands, fatal: onRevokeFailure === 'fail' })
}

function describeSuspect({ id, names, scope, cause }: SuspectedKey): string {
  const named = names.join(' or ')
  const key =
    id !== undefined ? `The Neon API key ${id} (${named})` : named ? `An API key named ${named}` : 'A key of this job'
  const where = scope === undefined ? '' : ` of the ${describeScope(scope)}`
  return `${key}${where} may still be alive: ${formatError(cause).replace(/\.?$/, '.')}`
}

/** The commands that revoke a key manually. Neon's CLI takes `--org-id` for organization and project-scoped keys. */
function commandsFor({ id, scope }: SuspectedKey): string[] {
  const flag = scope !== undefined && 'orgId' in scope ? ` --org-id ${scope.orgId}` : ''
  if (id !== undefined) return [`neon api-keys revoke ${id}${flag}`]
  return [`neon api-keys list${flag}`, `neon api-keys revoke <ID>${flag}`]
}
