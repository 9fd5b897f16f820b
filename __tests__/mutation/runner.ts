// Stryker's test runner: runs parts of the campaign in virtual time and the tests of `npm test`, the latter against a dist/
// that contains the mutants. Each mutant meets only tests that reach it until one fails. All this happens in the copy of
// the repository that Stryker makes.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import type { Mutant, MutantCoverage } from '@stryker-mutator/api/core'
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import * as stryker from '@stryker-mutator/api/test-runner'
import { concurrently } from '../../src/base/concurrently.ts'
import { type Loaded, type Reply, type Request, TestProcess } from './test-process.ts'

export const ROOT = join(import.meta.dirname, '..', '..')
/** The result of each mutant so far, one a line. */
export const RECORDS = join(ROOT, 'reports', 'mutation', 'results.jsonl')
export const LIVES = 'mutation/lives.ts'
/** These test other code, or fail because dist/ contains mutants. */
const OTHERS =
  /^(bundle|campaign|commands|conformance|documents|openapi|portability|release-check|rename|runner|simulator)\./
/** What the dry run found out, for the processes that run mutants. */
const PLAN = 'plan.json'

interface Plan extends Loaded {
  ran: Reply['ran']
}

interface Result {
  key: string
  result: stryker.MutantRunResult
}
const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1)
export const readRecords = (): Result[] => (existsSync(RECORDS) ? linesOf(RECORDS).map((line) => JSON.parse(line)) : [])

/** The same in each run, as long as the mutant's file is unchanged. */
function keyOf({ fileName, location: { start, end }, replacement }: Mutant): string {
  const hash = createHash('sha256').update(readFileSync(fileName)).digest('hex').slice(0, 12)
  return `${relative(ROOT, fileName)} ${hash} ${start.line}:${start.column}-${end.line}:${end.column} ${replacement}`
}

/** Where the tests of a module are, if it has tests of its own. */
const ownTests = (file: string): string => basename(file).replace(/ts$/, 'test.ts')

const filesOf = (ids: string[]): string[] => [...new Set(ids.map((id) => id.replace(/: .*/s, '')))]

type ActiveMutant = NonNullable<Request['mutant']>
const { MutantRunStatus: Status } = stryker

class Runner implements stryker.TestRunner {
  readonly #records = new Map(readRecords().map(({ key, result }) => [key, result]))
  #plan: Plan = { tests: [], loaded: [], ran: {} }
  #shared: TestProcess | undefined

  capabilities() {
    return { reloadEnvironment: true }
  }

  /** Finds out which tests reach which mutants. */
  async dryRun(): Promise<stryker.DryRunResult> {
    buildWithRecorder()
    const scenarios = globSync('__tests__/*.test.ts').map((file) => basename(file))
    const files = [LIVES, ...scenarios.filter((file) => !OTHERS.test(file))]
    const processes = [1, 2, 3].map(() => new TestProcess(files))
    const [first] = processes as [TestProcess]
    const plan: Plan = { ...(await first.loaded), ran: {} }
    const failures: string[] = []
    await concurrently(files, processes.length, async (file) => {
      const process = processes.pop() as TestProcess
      const tests = plan.tests.filter((id) => id.startsWith(`${file}: `)).map((id) => ({ id, timeout: 120_000 }))
      const { ran, failed, why } = await process.run({ tests })
      Object.assign(plan.ran, ran)
      if (failed) failures.push(`${failed}\n${why}`)
      processes.push(process)
    })
    for (const process of processes) process.end()
    if (failures.length > 0) return { status: stryker.DryRunStatus.Error, errorMessage: failures.join('\n') }
    writeFileSync(PLAN, JSON.stringify(plan))
    const status = stryker.TestStatus.Success as const
    const tests = Object.entries(plan.ran).map(([id, { took }]) => ({ id, name: id, timeSpentMs: took, status }))
    return { status: stryker.DryRunStatus.Complete, tests, mutantCoverage: { static: {}, perTest: coverageOf(plan) } }
  }

  async mutantRun({ activeMutant, testFilter = [], hitLimit }: stryker.MutantRunOptions) {
    const key = keyOf(activeMutant)
    const known = this.#records.get(key)
    if (known) return known
    if (this.#plan.tests.length === 0) this.#plan = JSON.parse(readFileSync(PLAN, 'utf8'))
    const { loaded, ran } = this.#plan
    const mutant = { id: activeMutant.id, hitLimit }
    const chosen = this.#choose(testFilter, ownTests(activeMutant.fileName))
    // What was evaluated when the tests were loaded stays as it is: such a mutant needs a process of its own.
    const alone = loaded.includes(mutant.id) ? chosen.filter((id) => !ran[id]?.steps) : []
    const shared = chosen.filter((id) => !alone.includes(id))
    const survived: stryker.MutantRunResult = { status: Status.Survived, nrOfTests: chosen.length }
    const result = (await this.#kill(mutant, alone, true)) ?? (await this.#kill(mutant, shared, false)) ?? survived
    appendFileSync(RECORDS, `${JSON.stringify({ key, result })}\n`)
    return result
  }

  /** Runs tests with a mutant until one fails that passes without it. */
  async #kill(mutant: ActiveMutant, tests: string[], alone: boolean): Promise<stryker.MutantRunResult | undefined> {
    for (let left = tests; left.length > 0; ) {
      const process = alone ? new TestProcess(filesOf(left), mutant.id) : await this.#sharedProcess()
      const timed = left.map((id) => ({ id, timeout: 5_000 + 5 * this.#took(id) }))
      const ended = ({ message }: Error): Reply => ({ ran: {}, failed: left[0] ?? '', why: message, late: true })
      const { failed, why = '', late, flaky } = await process.run({ mutant, tests: timed }).catch(ended)
      if (alone || late || flaky) process.end()
      if (!alone && (late || flaky)) this.#shared = undefined
      if (failed === undefined) return undefined
      if (late) return { status: Status.Timeout, reason: `${failed}\n${why.slice(0, 2_000)}` }
      if (!flaky) {
        return { status: Status.Killed, killedBy: [failed], failureMessage: why.slice(0, 2_000), nrOfTests: 1 }
      }
      left = left.slice(left.indexOf(failed) + 1)
    }
    return undefined
  }

  async #sharedProcess(): Promise<TestProcess> {
    this.#shared ??= new TestProcess(filesOf(Object.keys(this.#plan.ran)))
    await this.#shared.loaded
    return this.#shared
  }

  /** How many milliseconds a test took without a mutant. */
  readonly #took = (id: string): number => this.#plan.ran[id]?.took ?? 0

  /** First the tests of the module's own file, then the quickest, as many as the command's `--seconds` allow. */
  #choose(ids: string[], file: string): string[] {
    let left = Number(process.env.MUTATION_SECONDS) * 1_000
    const rank = (id: string): number => this.#took(id) - (id.startsWith(`${file}: `) ? 1_000_000 : 0)
    return ids
      .toSorted((a, b) => rank(a) - rank(b))
      .filter((id) => {
        const fits = left > 0
        left -= this.#took(id)
        return fits
      })
  }

  async dispose(): Promise<void> {
    this.#shared?.end()
  }
}

/**
 * Which tests reach which mutants. Every test reaches a mutant of code that runs when a module is loaded; of those, only
 * the tests count that are in the module's own file or also reach other code of the module, if there are any.
 */
function coverageOf({ loaded, ran }: Plan): MutantCoverage['perTest'] {
  const atLoad = new Set(loaded)
  const modules = globSync('src/**/*.ts').map((file) => {
    const found = readFileSync(file, 'utf8').matchAll(/stryMutAct_\w+\("(\d+)"\)/g)
    return { own: `${ownTests(file)}: `, ids: [...found].map(([, id]) => id as string) }
  })
  const covered: MutantCoverage['perTest'] = {}
  for (const [id, { reached }] of Object.entries(ran)) {
    covered[id] = Object.fromEntries(Object.entries(reached).filter(([mutant]) => !atLoad.has(mutant)))
  }
  for (const { own, ids } of modules) {
    const early = Object.fromEntries(ids.filter((mutant) => atLoad.has(mutant)).map((mutant) => [mutant, 1]))
    const others = ids.filter((mutant) => !atLoad.has(mutant))
    const tests = Object.entries(covered)
    const users = tests.filter(([id, reached]) => id.startsWith(own) || others.some((mutant) => mutant in reached))
    for (const [, reached] of users.length > 0 ? users : tests) Object.assign(reached, early)
  }
  return covered
}

/** Builds dist/, and makes it record the mutants that it reaches where the variable names a file instead of a mutant. */
function buildWithRecorder(): void {
  execFileSync(process.execPath, ['scripts/build.ts'])
  const recorder = JSON.stringify(join(process.cwd(), '__tests__', 'mutation', 'recorder.cjs'))
  writeFileSync('dist/index.js', `require(${recorder}).record();\n${readFileSync('dist/index.js', 'utf8')}`)
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'campaign and scenarios', Runner)]
