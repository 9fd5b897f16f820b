// `npm run test:act`: runs the workflows of __tests__/workflows, and those of examples/ whose tools are installed, with
// act against the simulated Neon. After each, no key that the action created is alive, and the log contains no secret.

import { rmSync } from 'node:fs'
import { fail, onInterrupt, readCommand } from '../../scripts/command.ts'
import { keyName } from '../../simulator/fixtures.ts'
import { startGithub } from '../../simulator/github/server.ts'
import type { Key, Owner } from '../../simulator/neon/accounts.ts'
import { startNeon } from '../../simulator/neon/server.ts'
import { JOB_VARIABLES } from '../../simulator/runner/variables.ts'
import { findExecutable } from './executables.ts'
import { checkOutActions, type OtherActions } from './other-actions.ts'
import { POSTGRES, startPostgres } from './postgres.ts'
import { otherActions, repositoryOfExamples, repositoryOfTests } from './repository.ts'
import { runAct } from './run.ts'
import { startTerraformWorld, TERRAFORM } from './terraform.ts'

interface Workflow {
  file: string
  /** The event; a push by default. */
  event?: string
  /** The content of `github.event`. */
  payload?: object
  /** The number of keys that the action creates. */
  keys: number
  fails?: boolean
  /** The owner of two existing keys: one of a completed run, and one of a run in progress. */
  orphansOf?: Owner
  /** The project's branches besides `main`, before and after. */
  branches?: { before: string[]; after: string[] }
  /** Text that its log must contain. */
  says?: string
  /** Programs that it needs, and variables that direct them to the simulated Neon. */
  needs?: string[]
  env?: Record<string, string> | undefined
}

/** @returns the key that the sweep must keep */
function leaveOrphans(owner: Owner): Key[] {
  const keys = ['completed', 'in_progress'].map((status, index) => {
    const id = String(500 + index)
    github.runs.set(id, { id, status, attempt: 1, jobs: { 1: { 9: status } } })
    return neon.accounts.createKey(owner, keyName({ runId: id }), neon.ada).key
  })
  console.log(`  (left behind, then in use: ${keys.map(({ name }) => name).join(', ')})`)
  return keys.slice(1)
}

/** Secrets that no log may contain: API keys and database passwords. act shows outputs of steps, GitHub does not. */
function secretsIn(log: string): string[] {
  const lines = log.split('\n').filter((line) => !line.includes('::set-output::'))
  const secrets = { 'a key': /napi_/, 'a password': new RegExp(neon.branches.password) }
  return Object.entries(secrets)
    .filter(([, pattern]) => lines.some((line) => pattern.test(line)))
    .map(([what]) => `${what} in the log`)
}

/** Runs a workflow. @returns what is wrong */
async function problemsOf(workflow: Workflow, repository: string, actions: OtherActions): Promise<string[]> {
  const { file, event = 'push', payload = {}, branches = { before: [], after: [] }, says = '', env } = workflow
  server.reset()
  const living = workflow.orphansOf ? leaveOrphans(workflow.orphansOf) : []
  for (const name of branches.before) neon.branches.create(neon.project, { name })
  const before = neon.accounts.keys.size
  const { GITHUB_REPOSITORY_ID, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT } = JOB_VARIABLES
  const { succeeded, log } = await runAct(act, {
    repository,
    file,
    event,
    // act does not set the repository's ID; see __tests__/README.md.
    payload: { repository: { id: Number(GITHUB_REPOSITORY_ID) }, ...payload },
    actions,
    secrets: { NEON_API_KEY: neon.adminKey, NEON_ORG_API_KEY: neon.organizationKey, GITHUB_TOKEN: github.token },
    variables: {
      NEON_API_HOST: host,
      NEON_ORG_ID: neon.organization.id,
      NEON_PROJECT_ID: neon.project.id,
      NEON_SHOP_PROJECT_ID: neon.project.id,
      NEON_BILLING_PROJECT_ID: neon.otherProject.id,
    },
    env: {
      ...{ GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT },
      ...{ GITHUB_API_URL: github.host, NEON_API_HOST: host },
      ...env,
    },
  })
  const made = neon.accounts.keys.size - before
  const alive = neon.createdKeys().filter((key) => !living.includes(key))
  const left = neon.branches.of(neon.project).map(({ name }) => name)
  const problems = [
    ...(succeeded === !workflow.fails ? [] : [`act ${succeeded ? 'succeeded' : 'failed'}`]),
    ...(made === workflow.keys ? [] : [`${made} keys were created instead of ${workflow.keys}`]),
    ...alive.map(({ name }) => `the key ${name} is alive`),
    ...(left.join() === ['main', ...branches.after].join() ? [] : [`the branches are ${left}`]),
    ...(log.includes(says) ? [] : [`the log does not say '${says}'`]),
    ...secretsIn(log),
    ...neon.violations.splice(0),
  ]
  if (problems.length > 0) console.log(log)
  return problems
}

/** What a workflow needs that is not available here. */
function missing({ needs = [] }: Workflow, uses: string[], actions: OtherActions): string[] {
  return [...needs.filter((name) => findExecutable(name) === undefined), ...checkOutActions(uses, actions)]
}

readCommand({
  usage: 'npm run test:act --',
  does: 'Runs workflows and examples with act, a real runner, against the simulated Neon. __tests__/README.md explains it.',
  flags: {},
})
const act = findExecutable('act') ?? ''
if (act === '') {
  fail(
    'act is not installed. With Go: go install github.com/nektos/act@v0.2.89; other ways: https://nektosact.com/installation',
  )
}
const server = await startNeon()
const github = await startGithub()
const { neon, host } = server
const has = (names: string[]): boolean => names.every(findExecutable)
const postgres = has(POSTGRES) ? await startPostgres(neon.branches.password) : undefined
const terraform = has(TERRAFORM) ? await startTerraformWorld(host, neon.project.id) : undefined

const stop = (): void => {
  postgres?.stop()
  terraform?.stop()
}
onInterrupt(stop)

const TESTS: Workflow[] = [
  { file: 'output.yml', keys: 1 },
  { file: 'cli.yml', keys: 2 },
  { file: 'two-uses.yml', keys: 2 },
  { file: 'matrix.yml', keys: 4 },
  { file: 'failing.yml', keys: 1, fails: true },
  { file: 'composite.yml', keys: 1 },
  { file: 'sweep.yml', keys: 0, orphansOf: { user: neon.ada } },
]

const pullRequest = (action: string): Pick<Workflow, 'event' | 'payload'> => ({
  event: 'pull_request',
  payload: {
    action,
    number: 7,
    pull_request: { number: 7, head: { ref: 'cheaper', repo: { full_name: 'octo-org/shop' } }, base: { ref: 'main' } },
  },
})

const withPostgres = { needs: POSTGRES, env: postgres?.env }
const EXAMPLES: Workflow[] = [
  { file: 'matrix.yml', keys: 4 },
  { file: 'reusable-workflow-caller.yml', keys: 1 },
  { file: 'composite.yml', keys: 1 },
  { file: 'project-keys-only.yml', keys: 2 },
  { file: 'sweep.yml', event: 'workflow_dispatch', keys: 0, orphansOf: { organization: neon.organization } },
  {
    file: 'sweep-after-each-run.yml',
    event: 'workflow_run',
    payload: { action: 'completed', workflow_run: { id: 500, name: 'Tests' } },
    keys: 0,
    orphansOf: { organization: neon.organization },
  },
  { file: 'sweep-as-last-job.yml', keys: 1, orphansOf: { organization: neon.organization } },
  { file: 'migrations.yml', keys: 1, says: 'the orders are migrated', ...withPostgres },
  {
    file: 'preview-branch.yml',
    ...pullRequest('opened'),
    keys: 1,
    branches: { before: [], after: ['preview/pr-7'] },
    says: 'the tests have met the database',
    ...withPostgres,
  },
  {
    file: 'preview-branch.yml',
    ...pullRequest('closed'),
    keys: 1,
    branches: { before: ['preview/pr-7', 'preview/pr-70'], after: ['preview/pr-70'] },
  },
  {
    file: 'terraform.yml',
    keys: 2,
    branches: { before: [], after: ['shop'] },
    says: 'Apply complete! Resources: 1 added',
    needs: TERRAFORM,
    env: terraform?.env,
  },
]

const SUITES = [
  { name: '__tests__/workflows', workflows: TESTS, makeRepository: repositoryOfTests, actionsOf: () => [] },
  { name: 'examples', workflows: EXAMPLES, makeRepository: repositoryOfExamples, actionsOf: otherActions },
]
const counts = { passed: 0, failed: 0, skipped: 0 }
try {
  for (const { name, workflows, makeRepository, actionsOf } of SUITES) {
    const repository = makeRepository(workflows.map(({ file }) => file))
    for (const workflow of workflows) {
      const actions: OtherActions = {}
      const lacking = missing(workflow, actionsOf(workflow.file), actions)
      if (lacking.length > 0) {
        counts.skipped += 1
        console.log(`- ${name}/${workflow.file}: there is no ${lacking.join(', ')} here`)
      } else {
        const problems = await problemsOf(workflow, repository, actions)
        counts[problems.length > 0 ? 'failed' : 'passed'] += 1
        console.log([`${problems.length === 0 ? '✓' : '✗'} ${name}/${workflow.file}`, ...problems].join('\n  '))
      }
      for (const folder of Object.values(actions)) rmSync(folder, { recursive: true, force: true })
    }
    rmSync(repository, { recursive: true, force: true })
  }
} finally {
  stop()
  await server.close()
  await github.close()
}
console.log(`act: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
if (counts.failed > 0) process.exitCode = 1
