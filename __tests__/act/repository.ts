// The repositories that act runs workflows in: the action as a workflow would check it out, and workflows.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse, stringify } from 'yaml'
import { actionsIn } from './other-actions.ts'

const root = join(import.meta.dirname, '..', '..')

/** A repository with workflows of __tests__/workflows. */
export function repositoryOfTests(files: string[]): string {
  const tests = join(root, '__tests__', 'workflows')
  return makeRepository((folder) => {
    cpSync(join(tests, 'composite'), join(folder, 'composite'), { recursive: true })
    for (const file of files) cpSync(join(tests, file), join(folder, '.github', 'workflows', file))
  })
}

/** A repository with workflows of examples/, changed only by {@link adapt}. */
export function repositoryOfExamples(files: string[]): string {
  return makeRepository((folder) => {
    const add = (from: string, to: string): void => {
      const file = join(folder, '.github', to)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, adapt(readFileSync(join(root, 'examples', from), 'utf8')))
    }
    for (const file of [...files, 'reusable-workflow.yml']) add(file, join('workflows', file))
    add(join('composite', 'action.yml'), join('actions', 'neon', 'action.yml'))
    cpSync(join(import.meta.dirname, 'shop'), folder, { recursive: true })
  })
}

function makeRepository(fill: (folder: string) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'act-'))
  for (const name of ['action.yml', 'dist', 'sweep']) cpSync(join(root, name), join(folder, name), { recursive: true })
  mkdirSync(join(folder, '.github', 'workflows'), { recursive: true })
  fill(folder)
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

interface Step {
  uses?: string
  with?: Record<string, string>
  run?: string
}

/** Actions of an example that are unnecessary if the tool is on the PATH. */
const NOT_NEEDED = /^hashicorp\/setup-terraform@/
/** Replacements for the actions that pass files between jobs; `runAct` sets `ACT_ARTIFACTS`. */
const ARTIFACTS = /^actions\/(up|down)load-artifact@/
/** This action, the only one that the examples reference by version. */
const OURS = /^[\w-]+\/[\w.-]+\/?(.*)@v1$/
/** Neon's actions, which take the address of Neon's API as an input. */
const NEONS = /^neondatabase\//

/** Makes an example use the local action (which needs a checkout), the simulated Neon, and the CLI on the PATH. */
function adapt(example: string): string {
  const document = parse(example) as { jobs?: Record<string, { steps?: Step[] }>; runs?: { steps: Step[] } }
  const checkout = example.match(/actions\/checkout@\w+/)?.[0] ?? 'actions/checkout@v7'
  const jobs = Object.values(document.jobs ?? {})
  for (const job of jobs) {
    if (!job.steps) continue
    job.steps = job.steps.filter(({ uses = '' }) => !NOT_NEEDED.test(uses))
    if (!job.steps.some(({ uses }) => uses?.startsWith('actions/checkout'))) job.steps.unshift({ uses: checkout })
  }
  for (const step of [...jobs.flatMap(({ steps = [] }) => steps), ...(document.runs?.steps ?? [])]) {
    const [, direction] = step.uses?.match(ARTIFACTS) ?? []
    if (direction !== undefined) {
      const upload = `mkdir -p "$ACT_ARTIFACTS" && cp '${step.with?.path}' "$ACT_ARTIFACTS"`
      step.run = direction === 'up' ? upload : 'cp "$ACT_ARTIFACTS"/* .'
      delete step.uses
      delete step.with
    }
    const [, path] = step.uses?.match(OURS) ?? []
    if (path !== undefined) step.uses = `./${path}`
    if (path !== undefined || NEONS.test(step.uses ?? '')) {
      step.with = { ...step.with, api_host: '${{ env.NEON_API_HOST }}' }
    }
    if (step.run !== undefined) step.run = step.run.replaceAll('npx neon', 'neon')
  }
  return stringify(document)
}

/** The third-party actions that an example uses. */
export function otherActions(file: string): string[] {
  const names = actionsIn(readFileSync(join(root, 'examples', file), 'utf8'))
  // act copies the work tree itself instead of running actions/checkout.
  return names.filter(
    (name) => !NOT_NEEDED.test(name) && !ARTIFACTS.test(name) && !name.startsWith('actions/checkout@'),
  )
}
