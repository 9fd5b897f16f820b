import { Deadline } from '../base/clock.ts'
import { type RunContext, readRunContext } from '../github/run-context.ts'
import { canBeApiKey } from '../neon/api-key.ts'
import { readApiKey } from './inputs.ts'
import { NO_CLAIM, readRecord, useOf } from './record.ts'
import { revokeByJob } from './revoke-by-job.ts'
import { revokeRecorded } from './revoke-recorded.ts'
import type { World } from './world.ts'

/** Milliseconds; the step has to end within 60 s, because the runner limits the clean-up of a cancelled job. */
export const REVOKE_DEADLINE = 55_000

/**
 * The post step: revokes what the main step created or may have created.
 *
 * Everything except the long-lived key comes from the record that main sealed, since post's inputs may be those of another
 * step (actions/runner issues 3514, 2030, 2800), and any step can change post's environment. Without such a record, post
 * looks for keys with this job's ID.
 *
 * @throws {KeyMayBeAlive} if it could not confirm that no key is left
 */
export async function revokeKey(world: World): Promise<void> {
  const { runner, environment, clock } = world
  const apiKey = readApiKey(runner)
  const jobId = runner.input('job_id')
  const reading = readRecord(runner, { apiKey, use: useOf(environment, jobId) })
  const post = { world, apiKey, deadline: new Deadline(clock, REVOKE_DEADLINE), run: runOf(world, jobId) }
  if (reading.kind === 'sealed') {
    if (reading.record.kind === 'no key') return runner.info('No API key was created; there is nothing to revoke.')
    if (reading.record.kind === 'keys') return await revokeRecorded(post, reading.record)
  } else if (reading.kind === 'missing' && !canBeApiKey(apiKey)) {
    return runner.info('The main step had no API key to create a key with; there is nothing to revoke.')
  }
  await revokeByJob(post, reading.kind === 'not sealed' ? reading.claim : NO_CLAIM)
}

/** The current job; `undefined` if the runner does not provide it, in which case main created no key. */
function runOf(world: World, jobId: string): RunContext | undefined {
  try {
    return readRunContext(world, jobId || '0')
  } catch {
    return undefined
  }
}
