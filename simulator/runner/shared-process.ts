import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'

/** Variables that Node or a preloaded module reads only when a process starts. */
const AT_START = /^(NODE_|LD_|SSL_|OPENSSL_|UV_|TIME_LAPSE$)/

/** Those of them that leave a process as it was. The only preloaded module that does so is the one for time. */
const REUSABLE = /^(NODE_EXTRA_CA_CERTS=|TIME_LAPSE=|NODE_OPTIONS=--import \S+\/time-lapse\.mjs$)/

/** The end of a step, as `step-host.mjs` reports it. */
interface End {
  exitCode: number
  reusable: boolean
}

/** A step that runs in a shared process. */
export interface SharedRun {
  stdout: Readable
  stderr: Readable
  /** Rejects if the process ends otherwise. */
  exitCode: Promise<number>
}

/** Linux starts no process with a longer variable (`MAX_ARG_STRLEN`). */
const LONGEST_VARIABLE = 128 * 1024

/** Whether a step of an action may run in a shared process: not with variables that change the start of a process. */
export const canShare = ([file, ...parameters]: string[], env: Record<string, string>): boolean =>
  process.platform !== 'win32' &&
  file === process.execPath &&
  parameters.length === 1 &&
  Object.entries(env).every(
    ([name, value]) => value.length < LONGEST_VARIABLE && (!AT_START.test(name) || REUSABLE.test(`${name}=${value}`)),
  )

/** Node processes that each run one step after another; see `step-host.mjs`. */
export class SharedProcesses {
  readonly #idle = new Map<string, Host[]>()

  /** Runs the built code of a step. */
  run(main: string, cwd: string, env: Record<string, string>): SharedRun {
    const atStart = Object.fromEntries(Object.entries(env).filter(([name]) => AT_START.test(name)))
    const key = JSON.stringify(atStart)
    const idle = this.#idle.get(key) ?? []
    this.#idle.set(key, idle)
    const host = idle.pop() ?? new Host({ PATH: process.env.PATH ?? '', ...atStart })
    return host.run({ main, cwd, env }, () => idle.push(host))
  }

  /** Ends the idle processes. */
  close(): void {
    for (const host of [...this.#idle.values()].flat()) host.close()
    this.#idle.clear()
  }
}

class Host {
  readonly #mark = `\0${randomUUID()}`
  readonly #child: ChildProcess
  /** Rejects when the process has ended. */
  readonly #gone: Promise<never>

  constructor(env: Record<string, string>) {
    const script = join(import.meta.dirname, 'step-host.mjs')
    this.#child = spawn(process.execPath, [script, this.#mark.slice(1)], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#gone = new Promise((_resolve, reject) => {
      this.#child.once('exit', (code, signal) => reject(new Error(`The shared process ended: ${code ?? signal}`)))
    })
    // It also ends when no step waits for it.
    this.#gone.catch(() => {})
  }

  run(step: { main: string; cwd: string; env: Record<string, string> }, onIdle: () => void): SharedRun {
    const child = this.#child
    const stdout = this.#untilMark(child.stdout as Readable)
    const stderr = this.#untilMark(child.stderr as Readable)
    const ended = Promise.all([stdout.end, stderr.end]).then(([text]) => {
      const { exitCode, reusable }: End = JSON.parse(text)
      if (reusable) onIdle()
      return exitCode
    })
    child.send(step)
    return { stdout: stdout.stream, stderr: stderr.stream, exitCode: Promise.race([ended, this.#gone]) }
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }

  /** The output of one step, and what follows the mark at its end. */
  #untilMark(output: Readable): { stream: PassThrough; end: Promise<string> } {
    const stream = new PassThrough()
    let rest = ''
    const end = new Promise<string>((resolve) => {
      const read = (data: Buffer): void => {
        rest += data.toString('latin1')
        const at = rest.indexOf(this.#mark)
        const after = rest.slice(at + this.#mark.length)
        if (at !== -1 && after.endsWith('\n')) {
          output.off('data', read).pause()
          stream.end(Buffer.from(rest.slice(0, at), 'latin1'))
          resolve(after)
          return
        }
        // A part of the mark may have arrived.
        const safe = at !== -1 ? at : rest.includes('\0') ? rest.lastIndexOf('\0') : rest.length
        stream.write(Buffer.from(rest.slice(0, safe), 'latin1'))
        rest = rest.slice(safe)
      }
      output.on('data', read).resume()
    })
    return { stream, end }
  }
}
