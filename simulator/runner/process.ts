import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { canShare, type SharedProcesses, type SharedRun } from './shared-process.ts'

/** How long the runner reads the output of a process that has ended; a child process may hold the stream open. */
const LATE_OUTPUT_MILLISECONDS = 5_000

/** Called as soon as a process runs. The runner reads its output from the stream until that is paused or destroyed. */
export type OnSpawn = (kill: (signal: NodeJS.Signals) => void, stdout: Readable) => void

export interface ProcessOptions {
  command: string[]
  cwd: string
  env: Record<string, string>
  onLine: (line: string) => void
  onSpawn: OnSpawn | undefined
  /** Whether Ctrl-C in a terminal does not reach it. */
  apart: boolean
}

/** The result of a process and its unmasked output. */
export interface ProcessResult {
  exitCode: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  milliseconds: number
}

/** Running processes; all are killed when the runner ends. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Runs a step's process and reads both streams separately (Runner, ProcessInvoker.cs); throws if it cannot start.
 *
 * @param shared if given, these processes run the step where that makes no difference
 */
export async function runProcess(options: ProcessOptions, shared?: SharedProcesses): Promise<ProcessResult> {
  const { command, cwd, env, onLine, onSpawn } = options
  const start = performance.now()
  const sharing = shared !== undefined && onSpawn === undefined && canShare(command, env)
  const { stdout, stderr, ended } = sharing ? inShared(shared.run(command[1] ?? '', cwd, env)) : inOwn(options)
  const output = { stdout: '', stderr: '' }
  for (const [name, stream] of Object.entries({ stdout, stderr })) {
    stream.setEncoding('utf8').on('data', (text) => (output[name as keyof typeof output] += text))
    eachLine(stream, onLine)
  }
  return { ...(await ended), ...output, milliseconds: performance.now() - start }
}

/** A process whose streams are being read. */
interface Running {
  stdout: Readable
  stderr: Readable
  ended: Promise<Pick<ProcessResult, 'exitCode' | 'signal'>>
}

function inShared({ stdout, stderr, exitCode }: SharedRun): Running {
  const ended = Promise.all([exitCode, finished(stdout), finished(stderr)])
  return { stdout, stderr, ended: ended.then(([code]) => ({ exitCode: code, signal: null })) }
}

function inOwn({ command, cwd, env, onSpawn, apart }: ProcessOptions): Running {
  const [file = '', ...parameters] = command
  // On Windows with its own console, as on the real runner.
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
  const child = spawn(file, parameters, { cwd, env, stdio, windowsHide: true, detached: apart })
  running.add(child)
  onSpawn?.((signal) => sendSignal(child, signal), child.stdout)
  const ended = new Promise<Pick<ProcessResult, 'exitCode' | 'signal'>>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal }))
    child.once('close', () => running.delete(child))
    child.once('exit', () => {
      const stopReading = (): void => {
        child.stdout.destroy()
        child.stderr.destroy()
      }
      setTimeout(stopReading, LATE_OUTPUT_MILLISECONDS).unref()
    })
  })
  return { stdout: child.stdout, stderr: child.stderr, ended }
}

/** The console events that the runner sends on Windows instead of signals. */
const CONTROLS: Partial<Record<NodeJS.Signals, string>> = { SIGINT: '0', SIGBREAK: '1' }

function sendSignal(child: ChildProcess, signal: NodeJS.Signals): void {
  const control = process.platform === 'win32' ? CONTROLS[signal] : undefined
  if (control === undefined) return void child.kill(signal)
  const script = join(import.meta.dirname, 'send-control.ps1')
  const parameters = ['-NoProfile', '-ExecutionPolicy', 'Bypass', '-File', script, String(child.pid), control]
  spawn('powershell', parameters, { stdio: 'ignore', windowsHide: true })
}

/** A bare CR also ends a line. */
function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.on('data', (text) => {
    const lines = `${rest}${text}`.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    lines.forEach(onLine)
  })
  stream.on('end', () => {
    if (rest !== '') onLine(rest.replace(/\r$/, ''))
  })
}
