// Records which mutants a process reaches: appends the ID of each, once, to a file. Loaded before instrumented code.

const { openSync, writeSync } = require('node:fs')

/** @returns the object that Stryker's instrumented code looks for as `globalThis.__stryker__` */
module.exports = (file) => {
  const descriptor = openSync(file, 'a')
  const set = (reached, id, times) => {
    if (!(id in reached)) writeSync(descriptor, `${id}\n`)
    reached[id] = times
    return true
  }
  return { mutantCoverage: { static: new Proxy({}, { set }), perTest: {} } }
}
