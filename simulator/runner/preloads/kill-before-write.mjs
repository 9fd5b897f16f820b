// Loaded into a step with `--import`: the process is killed (SIGKILL) just before its nth write to stdout or to one of
// the runner's command files; KILL_BEFORE_WRITE says which, counted from 0.

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

let left = Number(process.env.KILL_BEFORE_WRITE)
const count = () => {
  if (left === 0) {
    process.kill(process.pid, 'SIGKILL')
    // The signal is on its way; nothing more may happen until it is here.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }
  left -= 1
}

const { appendFileSync } = fs
fs.appendFileSync = (...parameters) => {
  count()
  return appendFileSync(...parameters)
}
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = (...parameters) => {
  count()
  return write(...parameters)
}
syncBuiltinESMExports()
