// jest's environment in a mutation test: instead of every test once, it runs the tests that the parent asks for, with one
// mutant after another active. The variable TEST_FILES names the files to load.

import { on } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { TestEnvironment } from 'jest-environment-node'

const { TEST_FILES, REACHED, __STRYKER_ACTIVE_MUTANT__: fromStart = '' } = process.env

export default class extends TestEnvironment {
  /** What Stryker's code reads and writes. */
  #stryker = { activeMutant: fromStart, mutantCoverage: { static: {}, perTest: {} } }
  /** By `<file>: <name>`. */
  #tests = new Map()
  #runs = this.#runRequests()

  async setup() {
    await super.setup()
    this.global.__stryker__ = this.#stryker
  }

  async handleTestEvent({ name, test }, state) {
    const root = state.rootDescribeBlock
    if (name === 'setup') {
      // The tests and hooks of a file are in a block of its own.
      this.global.testFiles = TEST_FILES.split(' ').map((file) => ({
        path: join(import.meta.dirname, '..', file),
        open() {
          state.currentDescribeBlock = {
            type: 'describeBlock',
            children: [],
            tests: [],
            hooks: [],
            name: file,
            parent: root,
          }
          root.children.push(state.currentDescribeBlock)
        },
      }))
    }
    if (name === 'run_start') {
      for (const file of root.children) this.#collect(file, `${file.name}:`, root.hooks)
      const [any] = this.#tests.values()
      root.children = [copy({ ...any, parent: root, fn: () => {} })]
      await this.#runs.next()
    }
    // The children run in order, also those that are added meanwhile.
    if (name === 'test_done') root.children.push(copy((await this.#runs.next(test)).value))
  }

  /** Finds the tests of a block. The hooks that run once move to the root, whose hooks run before any test. */
  #collect(block, name, once) {
    for (const child of block.children) {
      if (child.type === 'describeBlock') this.#collect(child, `${name} ${child.name}`, once)
      else this.#tests.set(`${name} ${child.name}`, child)
    }
    once.push(...block.hooks.filter(({ type }) => type === 'beforeAll'))
  }

  /** Yields each test to run, and receives it when it has run. */
  async *#runRequests() {
    const requests = on(process, 'message')
    // This test is empty: it fails if a hook has failed.
    const { errors } = yield
    if (errors.length > 0) throw new Error(inspect(errors))
    process.send({ tests: [...this.#tests.keys()], loaded: Object.keys(this.#stryker.mutantCoverage.static) })
    for await (const [{ mutant, tests }] of requests) {
      const reply = { ran: {} }
      for (const { id, timeout } of tests) {
        const test = { ...this.#tests.get(id), timeout }
        this.#activate(id, mutant)
        const { errors, duration } = yield test
        reply.ran[id] = { took: duration, ...(!mutant && this.#reached(id)) }
        if (errors.length === 0) continue
        const why = inspect(errors.flat())
        Object.assign(reply, { failed: id, why, late: /Exceeded timeout/.test(why) })
        if (mutant && mutant.id !== fromStart && !reply.late) {
          this.#activate(id, { id: '' })
          reply.flaky = (yield test).errors.length > 0
        }
        if (mutant) break
      }
      process.send(reply)
    }
  }

  /** @param mutant without one, the mutants that are reached are recorded */
  #activate(currentTestId, { id, hitLimit } = { id: REACHED }) {
    // For the steps.
    this.global.process.env.__STRYKER_ACTIVE_MUTANT__ = id
    Object.assign(this.#stryker, { activeMutant: id, currentTestId, hitCount: 0, hitLimit })
  }

  /** The mutants that a test reached, and how often: in this process, or at least once in a step (recorder.cjs). */
  #reached(id) {
    const inSteps = readFileSync(REACHED, 'utf8').split('\n').slice(0, -1)
    writeFileSync(REACHED, '')
    const here = this.#stryker.mutantCoverage.perTest[id] ?? {}
    return {
      reached: { ...Object.fromEntries(inSteps.map((mutant) => [mutant, 1])), ...here },
      steps: inSteps.length > 0,
    }
  }
}

/** A test that has not run yet. */
const copy = (test) => ({
  ...test,
  ...{ errors: [], invocations: 0, retryReasons: [], seenDone: false, status: null, startedAt: null, duration: null },
  unhandledRejectionErrorByPromise: new Map(),
})
