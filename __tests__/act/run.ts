// act (nektos/act), a runner on this machine without containers and without a network.

import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { OtherActions } from './other-actions.ts'

/** One run of a workflow. */
export interface ActRun {
  /** A repository that has it. */
  repository: string
  /** Its file in .github/workflows. */
  file: string
  event: string
  /** What `github.event` is. */
  payload: object
  secrets: Record<string, string>
  variables: Record<string, string>
  env: Record<string, string>
  actions: OtherActions
}

/** A workflow takes only seconds, unless a tool waits for keyboard input. */
const TIMEOUT_MILLISECONDS = 120_000

/** Runs a workflow to its end. */
export function runAct(act: string, run: ActRun): Promise<{ succeeded: boolean; log: string }> {
  const { repository: cwd } = run
  const pairs = (flag: string, values: Record<string, string>): string[] =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`])
  const payload = join(cwd, '.git', 'event.json')
  writeFileSync(payload, JSON.stringify(run.payload))
  // Global installations of steps are removed with the repository.
  const installed = join(cwd, '.git', 'installed')
  const parameters = [
    run.event,
    ...['--workflows', join('.github', 'workflows', run.file)],
    ...['--platform', 'ubuntu-latest=-self-hosted'],
    '--action-offline-mode',
    ...['--eventpath', payload],
    ...pairs('--secret', run.secrets),
    ...pairs('--var', run.variables),
    ...pairs('--env', { ...run.env, npm_config_prefix: installed, ACT_ARTIFACTS: join(cwd, '.git', 'artifacts') }),
    ...pairs('--local-repository', run.actions),
  ]
  const env = { ...process.env, PATH: [process.env.PATH, join(installed, 'bin')].join(delimiter) }
  return new Promise((resolve) => {
    const options = { cwd, env, timeout: TIMEOUT_MILLISECONDS, maxBuffer: Number.POSITIVE_INFINITY }
    const child = execFile(act, parameters, options, (error, stdout, stderr) =>
      resolve({ succeeded: error === null, log: stdout + stderr }),
    )
    child.stdin?.end()
  })
}
