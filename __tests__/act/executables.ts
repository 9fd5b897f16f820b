// Programs that the runs under act and in real networks need, besides npm's packages.

import { existsSync, globSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** Folders that are often missing from PATH: Go's, and those of servers on Debian and Ubuntu. */
const FOLDERS = [
  process.env.GOBIN || join(process.env.GOPATH || join(homedir(), 'go'), 'bin'),
  '/usr/sbin',
  ...globSync('/usr/lib/postgresql/*/bin').sort().reverse(),
]

/** The path of a program, or `undefined` if it is not installed. */
export function findExecutable(name: string): string | undefined {
  const file = process.platform === 'win32' ? `${name}.exe` : name
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...FOLDERS]
  return folders.map((folder) => join(folder, file)).find(existsSync)
}
