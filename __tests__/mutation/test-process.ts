import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What to run, until a test fails. Without a mutant, all of them, and the reply tells which mutants they reach. */
export interface Request {
  mutant?: { id: string; hitLimit?: number | undefined }
  /** Timeouts in milliseconds. */
  tests: { id: string; timeout: number }[]
}

export interface Reply {
  /** For each test that ran: the milliseconds, how often it reached each mutant, and whether in steps. */
  ran: Record<string, { took: number; reached: Record<string, number>; steps: boolean }>
  /** The test that failed, and why. */
  failed?: string
  why?: string
  /** Whether it took longer than its timeout. */
  late?: boolean
  /** Whether it also fails without the mutant. */
  flaky?: boolean
}

/** What a process has loaded: tests, by `<file>: <name>`, and the mutants that it reached meanwhile. */
export interface Loaded {
  tests: string[]
  loaded: string[]
}

let count = 0

/** A jest process that has loaded test files and runs tests on request; environment.mjs is the other end. */
export class TestProcess {
  readonly loaded: Promise<Loaded>
  readonly #child: ChildProcess
  readonly #ended: Promise<never>
  #output = ''

  /** @param mutant is active when the files are loaded */
  constructor(files: string[], mutant = '') {
    const reached = join(tmpdir(), `reached-${process.pid}-${count++}`)
    writeFileSync(reached, '')
    const jest = ['--no-warnings', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--ci', '--runInBand']
    const ours = ['--env=./__tests__/mutation/environment.mjs', '--testMatch=**/mutation/all-tests.ts']
    this.#child = spawn(process.execPath, [...jest, ...ours], {
      env: { ...process.env, TEST_FILES: files.join(' '), REACHED: reached, __STRYKER_ACTIVE_MUTANT__: mutant },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        this.#output = `${this.#output}${text}`.slice(-10_000)
      })
    }
    this.#ended = once(this.#child, 'close').then(([code, signal]) => {
      rmSync(reached)
      throw new Error(`The test process ended: ${signal ?? code}\n${this.#output}`)
    })
    this.#ended.catch(() => {})
    this.loaded = this.#next()
    this.loaded.catch(() => {})
  }

  /**
   * Runs tests in order until one fails.
   *
   * @throws Error if the process ends, or takes much longer than the timeouts of the tests
   */
  async run(request: Request): Promise<Reply> {
    await this.loaded
    const sum = request.tests.reduce((all, { timeout }) => all + timeout, 10_000)
    const limit = setTimeout(() => this.end(), sum)
    this.#child.send(request, () => {})
    try {
      return await this.#next()
    } finally {
      clearTimeout(limit)
    }
  }

  /** Ends the process and the steps that it runs. */
  end(): void {
    try {
      process.kill(-(this.#child.pid ?? 0), 'SIGKILL')
    } catch {}
  }

  // biome-ignore lint/suspicious/noExplicitAny: the caller knows what comes.
  #next(): Promise<any> {
    return Promise.race([once(this.#child, 'message').then(([message]) => message), this.#ended])
  }
}
