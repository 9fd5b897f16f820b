import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

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

/** Runs a step's process and reads both streams separately (Runner, ProcessInvoker.cs); throws if it cannot start. */
export async function runProcess(options: ProcessOptions): Promise<ProcessResult> {
  const { command, cwd, env, onLine, onSpawn, apart } = options
  const [file = '', ...parameters] = command
  // On Windows with its own console, as on the real runner.
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
  const child = spawn(file, parameters, { cwd, env, stdio, windowsHide: true, detached: apart })
  running.add(child)
  const start = performance.now()
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text) => (output[name] += text))
    eachLine(child[name], onLine)
  }
  onSpawn?.((signal) => sendSignal(child, signal), child.stdout)
  const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (...end) => resolve(end))
    child.once('close', () => running.delete(child))
    child.once('exit', () => {
      const stopReading = (): void => {
        child.stdout.destroy()
        child.stderr.destroy()
      }
      setTimeout(stopReading, LATE_OUTPUT_MILLISECONDS).unref()
    })
  })
  return { exitCode, signal, ...output, milliseconds: performance.now() - start }
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
