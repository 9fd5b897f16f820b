// `npm run test:act`: runs the workflows of __tests__/workflows, and those of examples/ whose tools this machine has, with
// act (nektos/act), a runner on this machine without containers and without a network, against the simulated Neon. After
// each, no key that the action made is alive.

import { spawn } from 'node:child_process'
import { accessSync, constants, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { startGithub } from '../simulator/github/server.ts'
import type { Key, Owner } from '../simulator/neon/accounts.ts'
import { type NeonServer, startNeon } from '../simulator/neon/server.ts'
import { formatKeyName } from '../src/key-name.ts'
import { repositoryOfExamples, repositoryOfTests } from './act-repository.ts'

interface Workflow {
  file: string
  /** What starts it; a push unless told. */
  event?: string
  /** Keys that the action makes in it. */
  keys: number
  succeeds: boolean
  /** Keys that other runs have left behind: one of a run that is over, one of a run that goes on. */
  orphansOf?: Owner
}

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

function runAct(
  act: string,
  repository: string,
  { file, event = 'push' }: Workflow,
  { neon, host }: NeonServer,
): Promise<{ exitCode: number | null; log: string }> {
  const secrets = join(repository, '.git', 'secrets')
  writeFileSync(
    secrets,
    [
      `NEON_API_KEY=${neon.adminKey}`,
      `NEON_ORG_API_KEY=${neon.organizationKey}`,
      `GITHUB_TOKEN=${github.token}`,
      '',
    ].join('\n'),
  )
  const variables = {
    NEON_API_HOST: host,
    NEON_ORG_ID: neon.organization.id,
    NEON_PROJECT_ID: neon.project.id,
    NEON_SHOP_PROJECT_ID: neon.project.id,
    NEON_BILLING_PROJECT_ID: neon.otherProject.id,
  }
  // act does not set the repository's ID; see __tests__/README.md.
  const env = {
    GITHUB_REPOSITORY_ID: '812345678',
    GITHUB_RUN_ID: '19876543210',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_API_URL: github.host,
    NEON_API_HOST: host,
  }
  const pairs = (flag: string, values: object): string[] =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`])
  const child = spawn(
    act,
    [
      event,
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
function leaveOrphans(owner: Owner): Key[] {
  const [orphan, living] = ['500', '501'].map((runId) => {
    github.runs.set(runId, { id: runId, status: runId === '500' ? 'completed' : 'in_progress', attempt: 1 })
    const parts = { server: 'gha', repositoryId: '812345678', runId, runAttempt: '1', nonce: 'abcdefgh', label: 'x' }
    return neon.accounts.createKey(owner, formatKeyName(parts), neon.ada).key
  }) as [Key, Key]
  console.log(`  (left behind: ${orphan.name}; in use: ${living.name})`)
  return [living]
}

/** Runs a workflow. @returns what is wrong */
async function problemsOf(workflow: Workflow, repository: string): Promise<string[]> {
  server.reset()
  const living = workflow.orphansOf ? leaveOrphans(workflow.orphansOf) : []
  const before = neon.accounts.keys.size
  const { exitCode, log } = await runAct(act, repository, workflow, server)
  const made = neon.accounts.keys.size - before
  const alive = neon.strangers().filter((key) => !living.includes(key))
  const problems = [
    ...((exitCode === 0) === workflow.succeeds ? [] : [`act ended with ${exitCode}`]),
    ...(made === workflow.keys ? [] : [`${made} keys were made instead of ${workflow.keys}`]),
    ...alive.map(({ name }) => `the key ${name} is alive`),
    ...(/napi_/.test(log) ? ['a key stands in the log'] : []),
    ...neon.violations,
  ]
  if (problems.length > 0) console.log(log)
  return problems
}

const act = findAct()
const server = await startNeon()
const github = await startGithub()
const { neon } = server

const TESTS: Workflow[] = [
  { file: 'output.yml', keys: 1, succeeds: true },
  { file: 'cli.yml', keys: 2, succeeds: true },
  { file: 'two-uses.yml', keys: 2, succeeds: true },
  { file: 'matrix.yml', keys: 4, succeeds: true },
  { file: 'failing.yml', keys: 1, succeeds: false },
  { file: 'composite.yml', keys: 1, succeeds: true },
  { file: 'sweep.yml', keys: 0, succeeds: true, orphansOf: { user: neon.ada } },
]

/** The others take Terraform, or branches and databases, which the simulated Neon does not have. */
const EXAMPLES: Workflow[] = [
  { file: 'matrix.yml', keys: 4, succeeds: true },
  { file: 'reusable-workflow-caller.yml', keys: 1, succeeds: true },
  { file: 'composite.yml', keys: 1, succeeds: true },
  { file: 'project-keys-only.yml', keys: 2, succeeds: true },
  {
    file: 'sweep.yml',
    event: 'workflow_dispatch',
    keys: 0,
    succeeds: true,
    orphansOf: { organization: neon.organization },
  },
]

const SUITES = [
  { name: '__tests__/workflows', workflows: TESTS, makeRepository: repositoryOfTests },
  { name: 'examples', workflows: EXAMPLES, makeRepository: repositoryOfExamples },
]
let failed = 0
try {
  for (const { name, workflows, makeRepository } of SUITES) {
    const repository = makeRepository(workflows.map(({ file }) => file))
    for (const workflow of workflows) {
      const problems = await problemsOf(workflow, repository)
      if (problems.length > 0) failed += 1
      console.log([`${problems.length === 0 ? '✓' : '✗'} ${name}/${workflow.file}`, ...problems].join('\n  '))
    }
    rmSync(repository, { recursive: true, force: true })
  }
} finally {
  await server.close()
  await github.close()
}
console.log(`act: ${TESTS.length + EXAMPLES.length - failed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
