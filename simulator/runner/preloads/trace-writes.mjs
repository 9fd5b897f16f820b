// Loaded into a step with `--import`: notes every write to stdout and to the runner's command files, in the order in
// which the process makes them, in the file that WRITE_TRACE names.

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { appendFileSync } = fs
const note = (where, text) =>
  appendFileSync(process.env.WRITE_TRACE, `${JSON.stringify({ where, text: String(text) })}\n`)
const files = new Map(
  ['GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_ENV'].map((name) => [
    process.env[name],
    name.slice('GITHUB_'.length).toLowerCase(),
  ]),
)

fs.appendFileSync = (path, text, ...parameters) => {
  note(files.get(path) ?? path, text)
  return appendFileSync(path, text, ...parameters)
}
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = (text, ...parameters) => {
  note('stdout', text)
  return write(text, ...parameters)
}
syncBuiltinESMExports()
