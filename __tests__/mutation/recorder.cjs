// Records which mutants a step reaches; the build of a mutation test puts a call at the start of dist/index.js.

const { writeFileSync } = require('node:fs')

/** If the variable names a file instead of a mutant, appends to it each mutant that is reached from now on, once. */
exports.record = () => {
  const file = process.env.__STRYKER_ACTIVE_MUTANT__ ?? ''
  if (!file.includes('/')) return
  const set = (reached, id, times) => {
    // A preloaded module of the simulated runner watches appendFileSync.
    if (!(id in reached)) writeFileSync(file, `${id}\n`, { flag: 'a' })
    reached[id] = times
    return true
  }
  // What Stryker's code counts in.
  globalThis.__stryker__ = { mutantCoverage: { static: new Proxy({}, { set }), perTest: {} } }
}
