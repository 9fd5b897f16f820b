import { Cancelled, GithubRefused, KeyMayBeAlive } from '../base/errors.ts'
import { countKeys, countReasons, type KeyResult } from './key-result.ts'
import type { SweepInputs } from './sweep-inputs.ts'
import { summarize } from './sweep-summary.ts'
import type { World } from './world.ts'

/**
 * Writes outputs, log, warnings and the job summary.
 *
 * @throws {Cancelled} if the job was cancelled
 * @throws {KeyMayBeAlive} if a key that should be revoked may be alive
 * @throws {GithubRefused} if GitHub denied access to a key's run
 */
export async function reportSweep(world: World, results: readonly KeyResult[], inputs: SweepInputs): Promise<void> {
  const { runner, environment, cancelled } = world
  const of = (...kinds: KeyResult['kind'][]): KeyResult[] => results.filter(({ kind }) => kinds.includes(kind))
  const revoked = of('revoked')
  const failed = of('failed')
  runner.output('revoked_count', String(revoked.length))
  runner.output('kept_count', String(results.length - revoked.length - failed.length))
  runner.output('failed_count', String(failed.length))

  for (const { key, reason } of revoked) {
    runner.info(`${inputs.dryRun ? 'Would revoke' : 'Revoked'} ${key.id} (${key.name}): ${reason}.`)
  }
  for (const [reason, count] of countReasons(of('kept', 'unseen', 'refused', 'unknown', 'postponed'))) {
    runner.info(`Kept ${count}: ${reason}.`)
  }
  const postponed = of('postponed')
  if (postponed.length > 0) {
    runner.warning(`${countKeys(postponed.length)} remaining: ${reasonsOf(postponed)}.`, 'The sweep stopped early')
  }
  const unknown = of('unknown')
  if (unknown.length > 0) {
    runner.warning(
      `${countKeys(unknown.length)} kept, although the jobs may have ended: ${reasonsOf(unknown)}.`,
      'The sweep could not check all keys',
    )
  }
  // Before escaping, since an escaped secret could not be recognized.
  const redacted = results.map((result) => ({ ...result, reason: runner.redact(result.reason) }))
  const { GITHUB_SERVER_URL: serverUrl = 'https://github.com' } = environment
  await runner.summary(summarize(redacted, { dryRun: inputs.dryRun, serverUrl }))

  if (cancelled.aborted) throw new Cancelled('The job was cancelled during the sweep; the next sweep continues.')
  const refused = of('refused')
  const refusal = refused.length > 0 ? [explainDenial(refused, inputs)] : []
  if (failed.length > 0) {
    const list = failed.map(({ key, reason }) => `${key.id} (${key.name}): ${reason}`)
    const message = [`${countKeys(failed.length)} could not be revoked.`, ...list, ...refusal].join(' ')
    throw new KeyMayBeAlive(message, { fatal: true, commands: [] })
  }
  if (refused.length > 0) throw new GithubRefused(refusal.join())
}

function reasonsOf(results: readonly KeyResult[]): string {
  return countReasons(results)
    .map(([reason]) => reason)
    .join('; ')
}

function explainDenial(refused: readonly KeyResult[], { allRepositories }: SweepInputs): string {
  const whose = allRepositories
    ? 'The GitHub App needs the repository permission Actions: read, and its token needs permission-actions: read.'
    : 'The token needs actions: read; add it to the permissions of the job or the workflow.'
  return `${countKeys(refused.length)} kept, because GitHub denied access: ${reasonsOf(refused)}. ${whose}`
}
