// act (nektos/act), a runner on this machine without containers and without a network.

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { findExecutable } from './executables.ts'
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

/** No workflow here takes longer than some seconds, unless a tool waits for somebody to type. */
const TIMEOUT_MILLISECONDS = 120_000

/** act's path; ends the process where this machine has none. */
export function findAct(): string {
  const act = findExecutable('act')
  if (act !== undefined) return act
  console.error(
    'act is not on this machine. With Go: go install github.com/nektos/act@v0.2.89; other ways: https://nektosact.com/installation',
  )
  process.exit(2)
}

/** Runs a workflow to its end. */
export function runAct(
  act: string,
  { repository, file, event, payload, secrets, variables, env, actions }: ActRun,
): Promise<{ exitCode: number | null; log: string }> {
  const write = (name: string, content: string): string => {
    const path = join(repository, '.git', name)
    writeFileSync(path, content)
    return path
  }
  const pairs = (flag: string, values: Iterable<[string, string]>): string[] =>
    [...values].flatMap(([name, value]) => [flag, `${name}=${value}`])
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`)
  // What steps install globally goes with the repository.
  const installed = join(repository, '.git', 'installed')
  const child = spawn(
    act,
    [
      event,
      ...['--workflows', join('.github', 'workflows', file)],
      ...['--platform', 'ubuntu-latest=-self-hosted'],
      '--action-offline-mode',
      ...['--eventpath', write('event.json', JSON.stringify(payload))],
      ...['--secret-file', write('secrets', lines.join(''))],
      ...pairs('--var', Object.entries(variables)),
      ...pairs('--env', Object.entries({ ...env, npm_config_prefix: installed })),
      ...pairs('--local-repository', actions),
    ],
    {
      cwd: repository,
      env: { ...process.env, PATH: [process.env.PATH, join(installed, 'bin')].join(delimiter) },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MILLISECONDS,
    },
  )
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (log += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (log += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ exitCode, log }))
  })
}
