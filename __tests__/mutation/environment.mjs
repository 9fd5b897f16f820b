// jest's environment in a mutation test: ends the process at the first test that fails. In the dry run it notes how long
// each test took and which mutants it reached, itself or in the processes of its steps.

import { appendFileSync, readFileSync, truncateSync } from 'node:fs'
import { relative } from 'node:path'
import { TestEnvironment } from 'jest-environment-node'
import { record } from './recorder.cjs'

const { __STRYKER_ACTIVE_MUTANT__: file, MUTATION_NOTES: notes } = process.env

export default class extends TestEnvironment {
  #whenLoaded = []
  #path

  constructor(config, context) {
    super(config, context)
    this.#path = relative(config.projectConfig.rootDir, context.testPath)
  }

  async setup() {
    await super.setup()
    record(this.global)
  }

  handleTestEvent({ name: event, test }) {
    if (event === 'run_start' && notes) this.#whenLoaded = this.#takeReached()
    if (event !== 'test_done') return
    const names = []
    for (let part = test; part.parent; part = part.parent) names.unshift(part.name)
    const id = `${this.#path}: ${names.join(' ')}`
    if (test.errors.length > 0) {
      console.log(`FAILED: ${id}\n`, ...test.errors.flat())
      process.exit(1)
    }
    if (!notes) return
    const reached = [...new Set([...this.#whenLoaded, ...this.#takeReached()])]
    appendFileSync(notes, `${JSON.stringify({ id, took: test.duration, reached })}\n`)
  }

  /** The mutants reached since the last call. */
  #takeReached() {
    const reached = readFileSync(file, 'utf8').split('\n').slice(0, -1)
    truncateSync(file)
    record(this.global)
    return reached
  }
}
