// Stryker's test runner. Phase 1: parts of the campaign in virtual time, in a process that changes mutants without a
// restart (lives.ts). Phase 2: the tests of `npm test` against a dist/ that contains the mutants. Each mutant meets only
// the tests that reach it, until one fails. All this happens in the copy of the repository that Stryker makes.

import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import type { Mutant, MutantCoverage } from '@stryker-mutator/api/core'
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import * as stryker from '@stryker-mutator/api/test-runner'
import { concurrently } from '../../src/base/concurrently.ts'
import type { Reply, Request } from './lives.ts'

export const ROOT = join(import.meta.dirname, '..', '..')
/** The result of each mutant so far, one a line. */
export const RECORDS = join(ROOT, 'reports', 'mutation', 'results.jsonl')
/** What the parts of the campaign may take together; usually a second. */
const LIVES_MILLISECONDS = 60_000
/** These test other code, or fail because dist/ contains mutants. */
const OTHERS =
  /^(bundle|campaign|commands|conformance|documents|openapi|portability|release-check|rename|runner|simulator)\./

/** A result, and the phase that it comes from. */
interface Result {
  key: string
  phase: number
  result: stryker.MutantRunResult
}

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1)
export const readRecords = (): Result[] => (existsSync(RECORDS) ? linesOf(RECORDS).map((line) => JSON.parse(line)) : [])

/** The same in each run, as long as the mutant's file is unchanged. */
function keyOf({ fileName, location: { start, end }, replacement }: Mutant): string {
  const hash = createHash('sha256').update(readFileSync(fileName)).digest('hex').slice(0, 12)
  return `${relative(ROOT, fileName)} ${hash} ${start.line}:${start.column}-${end.line}:${end.column} ${replacement}`
}

const { MutantRunStatus: Status } = stryker
const SURVIVED: stryker.MutantRunResult = { status: Status.Survived, nrOfTests: 1 }
const late = (test: string): stryker.MutantRunResult => ({ status: Status.Timeout, reason: test })
const killed = (test: string, failureMessage = ''): stryker.MutantRunResult => {
  return { status: Status.Killed, killedBy: [test], failureMessage, nrOfTests: 1 }
}

/** A process that runs parts of the campaign. */
class Lives {
  readonly #child: ChildProcess
  /** The mutants that it reached when it was loaded. */
  readonly loaded: Promise<Set<string>>
  readonly #ended: Promise<[string]>

  /** @param active a mutant that is active from the start */
  constructor(active = '') {
    const env = { ...process.env, __STRYKER_ACTIVE_MUTANT__: active }
    this.#child = fork('__tests__/mutation/lives.ts', { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    this.#ended = once(this.#child, 'exit').then(([code, signal]) => [`${signal ?? code}`])
    const loaded = once(this.#child, 'message').then(([ids]) => new Set<string>(ids))
    this.loaded = Promise.race([loaded, this.#ended.then(() => new Set<string>())])
  }

  /** @returns how the process ended, if it did */
  async run(request: Request): Promise<Reply | string> {
    const limit = setTimeout(() => this.end(), LIVES_MILLISECONDS)
    await this.loaded
    const replied = once(this.#child, 'message')
    this.#child.send(request, () => {})
    const [reply] = await Promise.race([replied, this.#ended])
    clearTimeout(limit)
    return reply
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }
}

const nodeAndJest = ['--no-warnings', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js']
const ownModules = ['--env=./__tests__/mutation/environment.mjs', '--testSequencer=./__tests__/mutation/sequencer.mjs']
const jestOptions = ['--ci', '--runInBand', ...ownModules, '--runTestsByPath']

/** Runs tests of these files in order, all by default, until one fails. @returns `late` if they did not end in time */
async function runTests(files: string[], env: Record<string, string>, timeout: number, names: string[] = []) {
  const pattern = names.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')
  const chosen = names.length === 0 ? [] : [`--testNamePattern=^(?:${pattern})$`]
  const child = spawn(process.execPath, [...nodeAndJest, ...jestOptions, ...files, ...chosen], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    timeout,
    killSignal: 'SIGKILL',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const [code, signal] = await once(child, 'exit')
  try {
    // Steps that hang.
    process.kill(-(child.pid ?? 0), 'SIGKILL')
  } catch {}
  return { failed: code !== 0, late: signal !== null, output }
}

/** Tests of phase 2 are named `<file>: <name>`. */
const isScenario = (id: string): boolean => id.includes(': ')
const split = (id: string): string[] => id.split(/: (.*)/s, 2)

class Runner implements stryker.TestRunner {
  readonly #records = new Map(readRecords().map((record) => [record.key, record]))
  readonly #phase = Number(process.env.MUTATION_PHASE)
  #lives = new Lives()

  capabilities() {
    return { reloadEnvironment: true }
  }

  /** Finds out which tests reach which mutants. */
  async dryRun(): Promise<stryker.DryRunResult> {
    const tests: stryker.TestResult[] = []
    const perTest: MutantCoverage['perTest'] = {}
    const add = (id: string, timeSpentMs: number, reached: { [mutant: string]: number }): void => {
      tests.push({ id, name: id, timeSpentMs, status: stryker.TestStatus.Success })
      perTest[id] = { ...perTest[id], ...reached }
    }
    const once = (ids: Iterable<string>) => Object.fromEntries([...ids].map((id) => [id, 1]))
    const lives = await this.#lives.run({})
    const loaded = once(await this.#lives.loaded)
    const failures = typeof lives === 'string' || lives.failed !== undefined ? [JSON.stringify(lives)] : []
    for (const [part, { took, reached }] of Object.entries(typeof lives === 'string' ? {} : lives.parts)) {
      add(part, took, { ...loaded, ...reached })
    }
    if (this.#phase > 1) {
      buildWithRecorder()
      mkdirSync('reached')
      const files = globSync('__tests__/*.test.ts').filter((file) => !OTHERS.test(basename(file)))
      await concurrently(files, 2, async (file) => {
        const path = join(process.cwd(), 'reached', basename(file))
        const env = { __STRYKER_ACTIVE_MUTANT__: path, MUTATION_NOTES: `${path}.notes` }
        for (const empty of Object.values(env)) writeFileSync(empty, '')
        const { failed, output } = await runTests([file], env, 900_000)
        if (failed) failures.push(output)
        for (const { id, took, reached } of linesOf(env.MUTATION_NOTES).map((line) => JSON.parse(line))) {
          if (reached.length > 0) add(id, took, once(reached))
        }
      })
    }
    if (failures.length > 0) return { status: stryker.DryRunStatus.Error, errorMessage: failures.join('\n') }
    // For the other processes that run tests.
    writeFileSync('times.json', JSON.stringify(tests.map(({ id, timeSpentMs }) => [id, timeSpentMs])))
    return { status: stryker.DryRunStatus.Complete, tests, mutantCoverage: { static: {}, perTest } }
  }

  async mutantRun(options: stryker.MutantRunOptions): Promise<stryker.MutantRunResult> {
    const { activeMutant: mutant, testFilter: tests = [] } = options
    const key = keyOf(mutant)
    const known = this.#records.get(key)
    if (known && (known.phase >= this.#phase || known.result.status !== Status.Survived)) return known.result
    const record = (phase: number, result: stryker.MutantRunResult): stryker.MutantRunResult => {
      appendFileSync(RECORDS, `${JSON.stringify({ key, phase, result })}\n`)
      return result
    }
    const parts = tests.filter((id) => !isScenario(id))
    if (!known && parts.length > 0) {
      const result = record(1, await this.#live({ mutant: mutant.id, parts, hitLimit: options.hitLimit }))
      if (result.status !== Status.Survived || this.#phase === 1) return result
    }
    return record(this.#phase, await runScenarios(mutant.id, tests.filter(isScenario)))
  }

  async #live(request: Required<Request>): Promise<stryker.MutantRunResult> {
    const fresh = (await this.#lives.loaded).has(request.mutant)
    const lives = fresh ? new Lives(request.mutant) : this.#lives
    const reply = await lives.run(request)
    if (fresh) lives.end()
    else if (typeof reply === 'string') this.#lives = new Lives()
    const [first = ''] = request.parts
    if (typeof reply === 'string') return reply === 'SIGKILL' ? late(first) : killed(first, `ended: ${reply}`)
    return reply.failed === undefined ? SURVIVED : killed(reply.failed, reply.finding)
  }

  async dispose(): Promise<void> {
    this.#lives.end()
  }
}

/** Builds dist/, and makes it record the mutants that it reaches where the variable names a file instead of a mutant. */
function buildWithRecorder(): void {
  execFileSync(process.execPath, ['scripts/build.ts'])
  const recorder = JSON.stringify(join(process.cwd(), '__tests__', 'mutation', 'recorder.cjs'))
  writeFileSync('dist/index.js', `require(${recorder}).record(globalThis);\n${readFileSync('dist/index.js', 'utf8')}`)
}

/** Runs the quickest tests, as many as the command's `--seconds` allow, and first those of the quickest file. */
async function runScenarios(mutant: string, ids: string[]): Promise<stryker.MutantRunResult> {
  const times = new Map<string, number>(JSON.parse(readFileSync('times.json', 'utf8')))
  const timeOf = (id: string): number => times.get(id) ?? 0
  let left = Number(process.env.MUTATION_SECONDS) * 1_000
  const chosen = ids
    .toSorted((a, b) => timeOf(a) - timeOf(b))
    .filter((id) => {
      const fits = left > 0
      left -= timeOf(id)
      return fits
    })
  const files = Map.groupBy(chosen, (id) => split(id)[0] ?? '')
  const sum = (tests: string[] = []): number => tests.reduce((time, id) => time + timeOf(id), 0)
  const inOrder = [...files.keys()].sort((a, b) => sum(files.get(a)) - sum(files.get(b)))
  const names = chosen.map((id) => split(id)[1] ?? '')
  const result = await runTests(inOrder, { __STRYKER_ACTIVE_MUTANT__: mutant }, 5 * sum(chosen) + 60_000, names)
  const test = /^FAILED: (.*)$/m.exec(result.output)?.[1] ?? chosen[0] ?? ''
  if (result.late) return late(test)
  return result.failed ? killed(test, result.output.slice(0, 2_000)) : SURVIVED
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'lives and scenarios', Runner)]
