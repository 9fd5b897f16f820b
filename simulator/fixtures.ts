// Shared by tests and benchmarks: the paths of the actions, and the names of keys.

import { join } from 'node:path'
import { formatKeyName, type KeyName, newNonce } from '../src/github/key-name.ts'
import { JOB_VARIABLES } from './runner/variables.ts'

export const ROOT = join(import.meta.dirname, '..')
/** The action files, which declare the actions and name their built entries. */
export const ACTION = join(ROOT, 'action.yml')
export const SWEEP = join(ROOT, 'sweep', 'action.yml')

/** The name of a key that another job of the repository has created. */
export function keyName(parts: Partial<KeyName> = {}): string {
  return formatKeyName({
    server: 'gha',
    repositoryId: JOB_VARIABLES.GITHUB_REPOSITORY_ID,
    runId: JOB_VARIABLES.GITHUB_RUN_ID,
    runAttempt: JOB_VARIABLES.GITHUB_RUN_ATTEMPT,
    jobId: '9',
    nonce: newNonce(),
    label: 'shop.test',
    ...parts,
  })
}
