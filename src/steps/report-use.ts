import type { Runner } from '../github/runner.ts'
import type { RevokedKey } from '../neon/answers.ts'

/** Logs that a key was revoked, and when it was last used. IP addresses are only for debug logs. */
export function reportUse(runner: Pick<Runner, 'info' | 'debug'>, what: string, key: RevokedKey): void {
  runner.info([`${what}.`, describeUse(key.lastUsedAt)].filter(Boolean).join(' '))
  if (key.lastUsedFrom) runner.debug(`Last used from ${key.lastUsedFrom}.`)
}

function describeUse(lastUsedAt: string | undefined): string {
  if (lastUsedAt === undefined) return ''
  return lastUsedAt === 'never' ? 'It was never used.' : `It was last used at ${lastUsedAt}.`
}
