// Loaded into a step with `--import`: observes its writes to stdout and to the runner's command files, in order. Logs
// them to the file WRITE_TRACE, or kills the process (SIGKILL) before write number KILL_BEFORE_WRITE, counted from 0.

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { WRITE_TRACE, KILL_BEFORE_WRITE = Number.POSITIVE_INFINITY } = process.env
const { appendFileSync } = fs
const names = ['GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_ENV']
const files = new Map(names.map((name) => [process.env[name], name.slice('GITHUB_'.length).toLowerCase()]))

let left = Number(KILL_BEFORE_WRITE)
const watch = (where, text) => {
  if (left === 0) {
    process.kill(process.pid, 'SIGKILL')
    // The signal has been sent; nothing else may happen until it arrives.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }
  left -= 1
  if (WRITE_TRACE) appendFileSync(WRITE_TRACE, `${JSON.stringify({ where, text: String(text) })}\n`)
}

fs.appendFileSync = (path, text, ...parameters) => {
  watch(files.get(path) ?? path, text)
  return appendFileSync(path, text, ...parameters)
}
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = (text, ...parameters) => {
  watch('stdout', text)
  return write(text, ...parameters)
}
syncBuiltinESMExports()
