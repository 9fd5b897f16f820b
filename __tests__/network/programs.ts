import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { listen } from '../../simulator/listening.ts'
import { findExecutable } from '../act/executables.ts'

/** The programs, their executables, and how to get them. */
const PROGRAMS = {
  squid: { names: ['squid'], how: 'apt-get install squid' },
  nginx: { names: ['nginx'], how: 'apt-get install nginx' },
  dnsmasq: { names: ['dnsmasq'], how: 'apt-get install dnsmasq-base' },
  toxiproxy: {
    names: ['toxiproxy-server', 'server'],
    how: 'go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0',
  },
}

export type Program = keyof typeof PROGRAMS

/** The path of a program; empty if it is not installed. */
export const pathOf = (program: Program): string => PROGRAMS[program].names.map(findExecutable).find(Boolean) ?? ''

/** How to get the programs that are not installed. */
export function adviceForMissing(): string[] {
  const missing = (Object.keys(PROGRAMS) as Program[]).filter((program) => pathOf(program) === '')
  return missing.map((program) => `${program} is not installed. To get it: ${PROGRAMS[program].how}`)
}

/** A folder that every user may read, since some programs drop root privileges. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'network-'))
  chmodSync(folder, 0o755)
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a file that every user may read and run. */
export function write(folder: string, name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, 0o755)
  return path
}

/** A free port. */
export async function freePort(): Promise<number> {
  const { port, close } = await listen(createServer())
  await close()
  return port
}

/** Starts a program, waits until it listens, and ends it with this process. @returns a function that ends it sooner */
export async function start(path: string, parameters: string[], port?: number): Promise<() => Promise<void>> {
  const child = spawn(path, parameters, { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaints = ''
  child.stderr.on('data', (text) => (complaints += text))
  // Killed outright, nginx would leave its worker behind, and squid its shared memory.
  const kill = (): boolean => child.kill('SIGTERM')
  process.on('exit', kill)
  for (let tries = 0; port !== undefined && !(await listens(port)); tries += 1) {
    if (tries === 100 || child.exitCode !== null) throw new Error(`${path} does not listen on ${port}: ${complaints}`)
    await sleep(100)
  }
  return async () => {
    process.off('exit', kill)
    kill()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
