// Stryker's test runner. Phase 1: parts of the campaign in virtual time, in a process that changes mutants without a
// restart (lives.ts). Phase 2: the tests of `npm test` against a dist/ that contains the mutants, in the copy of the
// repository that Stryker makes. Each mutant meets only the tests that reach it, and the first that fails ends it.

import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, existsSync, globSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import type { Mutant, MutantCoverage } from '@stryker-mutator/api/core'
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import {
  type DryRunResult,
  DryRunStatus,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestResult,
  type TestRunner,
  TestStatus,
} from '@stryker-mutator/api/test-runner'
import { concurrently } from '../../src/base/concurrently.ts'
import type { Reply, Request } from './lives.ts'

export const ROOT = join(import.meta.dirname, '..', '..')
/** The result of each mutant so far, one a line. */
export const RECORDS = join(ROOT, 'reports', 'mutation', 'results.jsonl')

/** The tests in which a mutant is always found, or never: about other code, sizes or the text of the sources. */
const OTHERS =
  /^(bundle|campaign|commands|conformance|documents|openapi|portability|release-check|rename|runner|simulator)\./
const scenarios = (): string[] => globSync('__tests__/*.test.ts').filter((file) => !OTHERS.test(basename(file)))

/** `phase`: the one that killed the mutant, or the last one that it survived. */
export interface Record {
  key: string
  phase: number
  result: MutantRunResult
}

/** The same in each run, as long as its file is unchanged. */
const keyOf = ({ fileName, location: { start, end }, replacement }: Mutant): string => {
  const hash = createHash('sha256').update(readFileSync(fileName)).digest('hex').slice(0, 12)
  return `${relative(ROOT, fileName)} ${hash} ${start.line}:${start.column}-${end.line}:${end.column} ${replacement}`
}

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1)
export const readRecords = (): Record[] => (existsSync(RECORDS) ? linesOf(RECORDS).map((line) => JSON.parse(line)) : [])

const killed = (test: string, failureMessage = ''): MutantRunResult => ({
  status: MutantRunStatus.Killed,
  killedBy: [test],
  failureMessage,
  nrOfTests: 1,
})
const late = (test: string): MutantRunResult => ({ status: MutantRunStatus.Timeout, reason: test })
const SURVIVED: MutantRunResult = { status: MutantRunStatus.Survived, nrOfTests: 1 }

/** Milliseconds that parts of the campaign may take; all take a tenth of it. */
const LIVES_LIMIT = 20_000

/** A process that runs parts of the campaign. */
class Lives {
  readonly #child: ChildProcess
  /** The mutants that were reached when it was loaded; empty if one of them ended it. */
  readonly loaded: Promise<Set<string>>

  /** @param active a mutant that is active from the start */
  constructor(active = '') {
    const env = { ...process.env, __STRYKER_ACTIVE_MUTANT__: active }
    this.#child = fork('__tests__/mutation/lives.ts', { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    const ended = once(this.#child, 'exit').then(() => [[]])
    this.loaded = Promise.race([once(this.#child, 'message'), ended]).then(([ids]) => new Set(ids))
  }

  /** @returns the signal or exit code instead if the process ended, or had to be ended */
  async run(request: Request): Promise<Reply | string> {
    await this.loaded
    const { exitCode, signalCode } = this.#child
    if (!this.#child.connected) return signalCode ?? `${exitCode}`
    const gone = once(this.#child, 'exit').then(([code, signal]) => [signal ?? `${code}`])
    const limit = setTimeout(() => this.end(), LIVES_LIMIT)
    this.#child.send(request)
    const [reply] = await Promise.race([once(this.#child, 'message'), gone])
    clearTimeout(limit)
    return reply
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }
}

/** What environment.mjs notes about a test. */
interface Note {
  name: string
  took: number
  reached: string[]
}

/** A test of `npm test`, as `<file>: <name>`. */
const split = (id: string): [file: string, name: string] => id.split(/: (.*)/s, 2) as [string, string]

/** Runs tests of one file. @returns the output if one failed; `late` if it did not end in time */
async function runFile(file: string, names: string[], env: NodeJS.ProcessEnv, limit: number) {
  const pattern = names.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')
  const jest = ['--no-warnings', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--ci', '--runInBand']
  const chosen = ['--env=./__tests__/mutation/environment.mjs', `--testNamePattern=^(?:${pattern || '.*'})$`]
  const child = spawn(process.execPath, [...jest, ...chosen, '--runTestsByPath', file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  // With the processes of the steps, which may hang.
  const kill = (): boolean => process.kill(-(child.pid ?? 0), 'SIGKILL')
  const timer = setTimeout(kill, limit)
  const [code, signal] = await once(child, 'exit')
  clearTimeout(timer)
  try {
    kill()
  } catch {
    // All of them have ended.
  }
  return { failed: code !== 0, late: signal !== null, output }
}

class Runner implements TestRunner {
  readonly #records = new Map(readRecords().map((record) => [record.key, record]))
  readonly #phase = Number(process.env.MUTATION_PHASE)
  #lives = new Lives()
  #times = new Map<string, number>()

  dispose(): Promise<void> {
    this.#lives.end()
    return Promise.resolve()
  }

  capabilities() {
    return { reloadEnvironment: true }
  }

  async dryRun(): Promise<DryRunResult> {
    const tests: TestResult[] = []
    const perTest: MutantCoverage['perTest'] = {}
    const note = (id: string, took: number, reached: [string, number][]): void => {
      tests.push({ id, name: id, timeSpentMs: took, status: TestStatus.Success })
      perTest[id] = { ...perTest[id], ...Object.fromEntries(reached) }
    }
    const lives = await this.#lives.run({})
    if (typeof lives === 'string' || lives.failed !== undefined) {
      return { status: DryRunStatus.Error, errorMessage: JSON.stringify(lives) }
    }
    const loaded = [...(await this.#lives.loaded)].map((id): [string, number] => [id, 1])
    for (const [part, took] of Object.entries(lives.took)) {
      note(part, took, [...loaded, ...Object.entries(lives.reached[part] ?? {})])
    }
    if (this.#phase > 1) {
      execFileSync(process.execPath, ['scripts/build.ts'])
      const recorder = `const active = process.env.__STRYKER_ACTIVE_MUTANT__ || ''\nif (active.includes('/')) globalThis.__stryker__ = require(${JSON.stringify(join(process.cwd(), '__tests__/mutation/recorder.cjs'))})(active)\n`
      writeFileSync('dist/index.js', recorder + readFileSync('dist/index.js', 'utf8'))
      const folder = mkdtempSync(join(tmpdir(), 'mutation-'))
      const failures: string[] = []
      await concurrently(scenarios(), 2, async (file) => {
        const path = join(folder, basename(file))
        const env = { __STRYKER_ACTIVE_MUTANT__: path, MUTATION_NOTES: `${path}.notes` }
        writeFileSync(path, '')
        writeFileSync(env.MUTATION_NOTES, '')
        const { failed, output } = await runFile(file, [], env, 600_000)
        if (failed) failures.push(output)
        for (const line of linesOf(env.MUTATION_NOTES)) {
          const { name, took, reached }: Note = JSON.parse(line)
          if (reached.length > 0)
            note(
              `${file}: ${name}`,
              took,
              reached.map((id) => [id, 1]),
            )
        }
      })
      if (failures.length > 0) return { status: DryRunStatus.Error, errorMessage: failures.join('\n') }
    }
    // For the other processes that run tests.
    writeFileSync('times.json', JSON.stringify(tests.map(({ id, timeSpentMs }) => [id, timeSpentMs])))
    return { status: DryRunStatus.Complete, tests, mutantCoverage: { static: {}, perTest } }
  }

  async mutantRun({ activeMutant, testFilter = [], hitLimit }: MutantRunOptions): Promise<MutantRunResult> {
    const key = keyOf(activeMutant)
    const known = this.#records.get(key)
    if (known && (known.phase >= this.#phase || known.result.status !== MutantRunStatus.Survived)) return known.result
    const record = (phase: number, result: MutantRunResult): MutantRunResult => {
      appendFileSync(RECORDS, `${JSON.stringify({ key, phase, result } satisfies Record)}\n`)
      return result
    }
    const parts = testFilter.filter((id) => !id.includes(': '))
    if (!known && parts.length > 0) {
      const result = await this.#live(activeMutant.id, parts, hitLimit)
      if (result.status !== MutantRunStatus.Survived || this.#phase === 1) return record(1, result)
    }
    const tests = testFilter.filter((id) => id.includes(': '))
    return record(this.#phase, await this.#scenarios(activeMutant.id, tests))
  }

  async #live(mutant: string, parts: string[], hitLimit: number | undefined): Promise<MutantRunResult> {
    const fresh = (await this.#lives.loaded).has(mutant)
    const lives = fresh ? new Lives(mutant) : this.#lives
    const reply = await lives.run({ mutant, parts, hitLimit })
    if (fresh) lives.end()
    else if (typeof reply === 'string') this.#lives = new Lives()
    if (reply === 'SIGKILL') return late(parts[0] ?? '')
    if (typeof reply === 'string') return killed(parts[0] ?? '', `The process ended: ${reply}`)
    return reply.failed === undefined ? SURVIVED : killed(reply.failed, reply.finding)
  }

  /** Runs the quickest file first. */
  async #scenarios(mutant: string, tests: string[]): Promise<MutantRunResult> {
    if (this.#times.size === 0) this.#times = new Map(JSON.parse(readFileSync('times.json', 'utf8')))
    const files = [...Map.groupBy(tests, (id) => split(id)[0])].map(([file, ids]) => {
      const time = ids.reduce((sum, id) => sum + (this.#times.get(id) ?? 0), 0)
      return { file, ids, time }
    })
    for (const { file, ids, time } of files.sort((a, b) => a.time - b.time)) {
      const names = ids.map((id) => split(id)[1])
      const env = { __STRYKER_ACTIVE_MUTANT__: mutant }
      const result = await runFile(file, names, env, 5 * time + 40_000)
      if (result.late) return late(ids[0] ?? '')
      const name = /^FAILED: (.*)$/m.exec(result.output)?.[1]
      if (result.failed)
        return killed(name === undefined ? (ids[0] ?? '') : `${file}: ${name}`, result.output.slice(-2_000))
    }
    return SURVIVED
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'lives and scenarios', Runner)]
