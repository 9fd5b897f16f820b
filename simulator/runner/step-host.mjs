// Runs one step after another in one Node process, each as if the process were its own: with its variables, a module
// registry of its own, and nothing left of the previous step. Saves the start of Node, most of a step's time.
//
// The parent sends { main, cwd, env }. Stdout and stderr are the step's own; the end of a step is a line in each.

import { createRequire } from 'node:module'
import { inspect } from 'node:util'

const require = createRequire(import.meta.url)
const { stdout, stderr } = process
const mark = `\0${process.argv[2]}`
const EVENTS = ['SIGINT', 'SIGTERM', 'SIGBREAK', 'warning', 'uncaughtException', 'beforeExit']
const first = new Map(EVENTS.map((name) => [name, process.listeners(name)]))

const globals = new Set(Reflect.ownKeys(globalThis))

/** The timers of the step that are still running. */
const timers = new Set()
for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
  const start = globalThis[name]
  globalThis[name] = Object.assign((...parameters) => {
    const timer = start(...parameters)
    timers.add(timer)
    return timer
  }, start)
}

/** The handles that the process has between two steps. */
const handles = () => process._getActiveHandles().filter((handle) => handle !== stdout && handle !== stderr)
let ours
let running = false

function end(code = process.exitCode ?? 0) {
  if (!running) return
  running = false
  for (const timer of timers) (timer.constructor.name === 'Immediate' ? clearImmediate : clearTimeout)(timer)
  timers.clear()
  for (const handle of handles()) if (!ours.includes(handle)) handle.destroy?.()
  for (const name of EVENTS) {
    process.removeAllListeners(name)
    for (const listener of first.get(name)) process.on(name, listener)
  }
  stdout.removeAllListeners('error')
  process.exitCode = undefined
  process.channel.ref()
  // A wait that only the end of a process stops would disturb the next step.
  const reusable = !process.getActiveResourcesInfo().some((resource) => /Timeout|ReqWrap/.test(resource))
  stderr.write(`${mark}\n`, () => {
    stdout.write(`${mark}${JSON.stringify({ exitCode: Number(code), reusable })}\n`, () => {
      if (!reusable) process.kill(process.pid, 'SIGKILL')
    })
  })
}
process.exit = end
process.execve = () => end()

process.on('message', ({ main, cwd, env }) => {
  ours ??= handles()
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env)
  for (const path of Object.keys(require.cache)) delete require.cache[path]
  for (const name of Reflect.ownKeys(globalThis)) if (!globals.has(name)) Reflect.deleteProperty(globalThis, name)
  process.chdir(cwd)
  process.argv[1] = main
  running = true
  process.on('uncaughtException', (error) => {
    if (process.listenerCount('uncaughtException') > 1) return
    stderr.write(`${inspect(error)}\n`)
    end(1)
  })
  // Emitted when nothing is left to wait for, which ends a process.
  process.on('beforeExit', () => end())
  process.channel.unref()
  require(main)
})
