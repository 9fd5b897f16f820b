// A Postgres of this machine's own, to which the connection strings of the simulated Neon lead.

import { execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DATABASE, ROLE } from '../../simulator/neon/branches.ts'
import { generateCertificate } from '../../simulator/tls.ts'
import { findExecutable } from './executables.ts'

/** The programs that {@link startPostgres} runs. */
export const POSTGRES = ['initdb', 'postgres', 'psql']

export interface Postgres {
  /** Environment variables that lead psql there, whatever host the connection string names. */
  env: Record<string, string>
  stop(): Promise<void>
}

/** Postgres refuses to run as root; this is the ID of `nobody`, near enough everywhere. */
const NOBODY = 65_534

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

/** Starts a Postgres with TLS, whose {@link ROLE} has this password and whose {@link DATABASE} is empty. */
export async function startPostgres(password: string): Promise<Postgres> {
  const [initdb = '', postgres = '', psql = ''] = POSTGRES.map(findExecutable)
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'))
  const root = process.getuid?.() === 0
  const options: SpawnOptions = { stdio: 'ignore', cwd: folder, ...(root && { uid: NOBODY, gid: NOBODY }) }
  const write = (name: string, content: string): string => {
    const path = join(folder, name)
    writeFileSync(path, content)
    chmodSync(path, 0o600)
    if (root) chownSync(path, NOBODY, NOBODY)
    return path
  }
  if (root) chownSync(folder, NOBODY, NOBODY)

  const certificate = await generateCertificate(['localhost'])
  const port = await freePort()
  const data = join(folder, 'data')
  const passwordFile = write('password', password)
  execFileSync(
    initdb,
    [`--pgdata=${data}`, `--username=${ROLE}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--no-sync'],
    options as object,
  )
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    ssl: 'on',
    ssl_cert_file: write('certificate.pem', certificate.cert),
    ssl_key_file: write('key.pem', certificate.private),
  }
  const server = spawn(
    postgres,
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    options,
  )
  const ended = once(server, 'exit')
  // act gives steps a terminal, where psql would open a pager; GitHub does not.
  const env = { PGHOSTADDR: '127.0.0.1', PGPORT: String(port), PAGER: 'cat' }
  const stop = async (): Promise<void> => {
    // Postgres's fast shutdown.
    server.kill('SIGINT')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  const createDatabase = (): void => {
    const url = `postgresql://${ROLE}:${password}@localhost/postgres?sslmode=require`
    const command = `CREATE DATABASE ${DATABASE}`
    execFileSync(psql, [url, '--command', command], { env: { ...process.env, ...env }, stdio: 'ignore' })
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      createDatabase()
      return { env, stop }
    } catch (error) {
      if (attempt < 50 && server.exitCode === null) {
        await sleep(100)
        continue
      }
      await stop()
      throw error
    }
  }
}
