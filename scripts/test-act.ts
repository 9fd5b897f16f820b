// `npm run test:act`: runs the workflows of __tests__/workflows with act (nektos/act), a runner on this machine without
// containers and without a network, against the simulated Neon. After each, no key that the action made is alive.

import { execFileSync, spawn } from 'node:child_process'
import { accessSync, constants, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { startGithub } from '../simulator/github/server.ts'
import type { Key } from '../simulator/neon/accounts.ts'
import { type NeonServer, startNeon } from '../simulator/neon/server.ts'
import { formatKeyName } from '../src/key-name.ts'

interface Workflow {
  file: string
  /** Keys that the action makes in it. */
  keys: number
  succeeds: boolean
  /** Keys that other runs have left behind: one of a run that is over, one of a run that goes on. */
  orphans?: boolean
}

const WORKFLOWS: Workflow[] = [
  { file: 'output.yml', keys: 1, succeeds: true },
  { file: 'cli.yml', keys: 2, succeeds: true },
  { file: 'two-uses.yml', keys: 2, succeeds: true },
  { file: 'matrix.yml', keys: 4, succeeds: true },
  { file: 'failing.yml', keys: 1, succeeds: false },
  { file: 'composite.yml', keys: 1, succeeds: true },
  { file: 'sweep.yml', keys: 0, succeeds: true, orphans: true },
]

const root = join(import.meta.dirname, '..')

/** act on the PATH, or where `go install` puts it. */
function findAct(): string {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    join(process.env.GOPATH ?? join(homedir(), 'go'), 'bin'),
  ]
  for (const folder of folders) {
    const path = join(folder, process.platform === 'win32' ? 'act.exe' : 'act')
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not here.
    }
  }
  console.error(
    'act is not on this machine. With Go: go install github.com/nektos/act@v0.2.89; other ways: https://nektosact.com/installation',
  )
  process.exit(2)
}

/** A repository with the action as a workflow would check it out, and nothing else. */
function makeRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'act-'))
  for (const name of ['action.yml', 'dist', 'sweep']) cpSync(join(root, name), join(folder, name), { recursive: true })
  cpSync(join(root, '__tests__', 'workflows', 'composite'), join(folder, 'composite'), { recursive: true })
  mkdirSync(join(folder, '.github', 'workflows'), { recursive: true })
  for (const { file } of WORKFLOWS)
    cpSync(join(root, '__tests__', 'workflows', file), join(folder, '.github', 'workflows', file))
  const git = (...parameters: string[]): void => {
    execFileSync('git', ['-c', 'user.name=act', '-c', 'user.email=act@example.com', ...parameters], {
      cwd: folder,
      stdio: 'ignore',
    })
  }
  git('init', '--initial-branch=main')
  git('add', '--all')
  git('commit', '--message', 'Under test')
  git('remote', 'add', 'origin', 'https://github.com/octo-org/shop')
  return folder
}

function runAct(
  act: string,
  repository: string,
  file: string,
  { neon, host }: NeonServer,
): Promise<{ exitCode: number | null; log: string }> {
  const secrets = join(repository, '.git', 'secrets')
  writeFileSync(secrets, `NEON_API_KEY=${neon.adminKey}\nGITHUB_TOKEN=${github.token}\n`)
  const variables = { NEON_API_HOST: host, NEON_ORG_ID: neon.organization.id, NEON_PROJECT_ID: neon.project.id }
  // act does not set the repository's ID; see __tests__/README.md.
  const env = {
    GITHUB_REPOSITORY_ID: '812345678',
    GITHUB_RUN_ID: '19876543210',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_API_URL: github.host,
  }
  const pairs = (flag: string, values: object): string[] =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`])
  const child = spawn(
    act,
    [
      'push',
      '--workflows',
      join('.github', 'workflows', file),
      '--platform',
      'ubuntu-latest=-self-hosted',
      '--action-offline-mode',
      '--secret-file',
      secrets,
      ...pairs('--var', variables),
      ...pairs('--env', env),
    ],
    { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (log += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (log += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ exitCode, log }))
  })
}

/** @returns the key that the sweep has to keep */
function leaveOrphans(): Key[] {
  const [orphan, living] = ['500', '501'].map((runId) => {
    github.runs.set(runId, { id: runId, status: runId === '500' ? 'completed' : 'in_progress', attempt: 1 })
    const parts = { server: 'gha', repositoryId: '812345678', runId, runAttempt: '1', nonce: 'abcdefgh', label: 'x' }
    return neon.accounts.createKey({ user: neon.ada }, formatKeyName(parts), neon.ada).key
  }) as [Key, Key]
  console.log(`  (left behind: ${orphan.name}; in use: ${living.name})`)
  return [living]
}

const act = findAct()
const repository = makeRepository()
const server = await startNeon()
const github = await startGithub()
const { neon } = server
let failed = 0
try {
  for (const { file, keys, succeeds, orphans = false } of WORKFLOWS) {
    server.reset()
    const living = orphans ? leaveOrphans() : []
    const before = neon.accounts.keys.size
    const { exitCode, log } = await runAct(act, repository, file, server)
    const problems = [
      ...((exitCode === 0) === succeeds ? [] : [`act ended with ${exitCode}`]),
      ...(neon.accounts.keys.size - before === keys
        ? []
        : [`${neon.accounts.keys.size - before} keys were made instead of ${keys}`]),
      ...neon
        .strangers()
        .filter((key) => !living.includes(key))
        .map(({ name }) => `the key ${name} is alive`),
      ...(/napi_/.test(log) ? ['a key stands in the log'] : []),
      ...neon.violations,
    ]
    console.log(`${problems.length === 0 ? '✓' : '✗'} ${file}`)
    if (problems.length > 0) {
      failed += 1
      console.log(`${log}\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    }
  }
} finally {
  await server.close()
  await github.close()
  rmSync(repository, { recursive: true, force: true })
}
console.log(`act: ${WORKFLOWS.length - failed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
