// A local Postgres, to which the simulated Neon's connection strings lead.

import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listen } from '../../simulator/listening.ts'
import { DATABASE, ROLE } from '../../simulator/neon/branches.ts'
import { generateCertificate } from '../../simulator/tls.ts'
import { findExecutable } from './executables.ts'

/** The programs that {@link startPostgres} runs. */
export const POSTGRES = ['initdb', 'pg_ctl', 'psql']

export interface Postgres {
  /** Environment variables that direct psql there, independent of the host in the connection string. */
  env: Record<string, string>
  stop(): void
}

/** Postgres refuses to run as root; this is the ID of `nobody` on most systems. */
const NOBODY = 65_534

/** Starts a Postgres with TLS, whose {@link ROLE} has this password and whose {@link DATABASE} is empty. */
export async function startPostgres(password: string): Promise<Postgres> {
  const [initdb = '', pgCtl = '', psql = ''] = POSTGRES.map(findExecutable)
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'))
  const root = process.getuid?.() === 0
  const run = (command: string, parameters: string[]): void => {
    execFileSync(command, parameters, { stdio: 'ignore', cwd: folder, ...(root && { uid: NOBODY, gid: NOBODY }) })
  }
  const write = (name: string, content: string): string => {
    const path = join(folder, name)
    writeFileSync(path, content)
    chmodSync(path, 0o600)
    if (root) chownSync(path, NOBODY, NOBODY)
    return path
  }
  if (root) chownSync(folder, NOBODY, NOBODY)

  const certificate = await generateCertificate(['localhost'])
  const { port, close } = await listen(createServer())
  await close()
  const data = join(folder, 'data')
  const passwordFile = write('password', password)
  run(initdb, [data, `--username=${ROLE}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--no-sync'])
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: 'off',
    ssl: 'on',
    ssl_cert_file: write('certificate.pem', certificate.cert),
    ssl_key_file: write('key.pem', certificate.private),
  }
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)
  run(pgCtl, ['start', '--wait', `--pgdata=${data}`, `--log=${join(folder, 'log')}`, '--options', options.join(' ')])
  // Unlike GitHub, act gives steps a terminal, where psql would open a pager.
  const env = { PGHOSTADDR: '127.0.0.1', PGPORT: String(port), PAGER: 'cat' }
  const url = `postgresql://${ROLE}:${password}@localhost/postgres?sslmode=require`
  execFileSync(psql, [url, '--command', `CREATE DATABASE ${DATABASE}`], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  })
  return {
    env,
    stop() {
      run(pgCtl, ['stop', '--wait', '--mode=fast', `--pgdata=${data}`])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
