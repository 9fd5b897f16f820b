// jest's environment in a mutation test: ends the process at the first test that fails, and otherwise notes how long
// each test took and, in the dry run, which mutants it reached, itself or in the processes of its steps.

import { appendFileSync, readFileSync, truncateSync } from 'node:fs'
import { TestEnvironment } from 'jest-environment-node'
import record from './recorder.cjs'

const { __STRYKER_ACTIVE_MUTANT__: active = '', MUTATION_NOTES: notes } = process.env

export default class extends TestEnvironment {
  /** Mutants that the modules reach when they are loaded. */
  #loaded = []

  async setup() {
    await super.setup()
    if (notes) this.global.__stryker__ = record(active)
  }

  handleTestEvent({ name, test }) {
    if (name === 'run_start' && notes) this.#loaded = this.#reached()
    if (name !== 'test_done') return
    const names = []
    for (let part = test; part.parent; part = part.parent) names.unshift(part.name)
    if (notes && test.mode !== 'skip') {
      const reached = [...new Set([...this.#loaded, ...this.#reached()])]
      appendFileSync(notes, `${JSON.stringify({ name: names.join(' '), took: test.duration, reached })}\n`)
    }
    if (test.errors.length === 0) return
    console.log(`FAILED: ${names.join(' ')}`)
    process.exit(1)
  }

  #reached() {
    const reached = readFileSync(active, 'utf8').split('\n').slice(0, -1)
    truncateSync(active)
    return reached
  }
}
