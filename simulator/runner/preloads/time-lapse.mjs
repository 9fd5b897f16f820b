// Loaded into a step with `--import`: its clocks run faster by the factor in TIME_LAPSE, so that the built code reaches
// deadlines of minutes within seconds.

import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers'
import timersPromises from 'node:timers/promises'

const factor = Number(process.env.TIME_LAPSE)
const start = { time: process.hrtime.bigint(), date: Date.now() }
const { bigint } = process.hrtime
const { now: date } = Date

process.hrtime.bigint = () => start.time + BigInt(Math.round(Number(bigint() - start.time) * factor))
Date.now = () => Math.round(start.date + (date() - start.date) * factor)

const { setTimeout: setTimer } = globalThis
const faster = (callback, milliseconds, ...parameters) => setTimer(callback, milliseconds / factor, ...parameters)
globalThis.setTimeout = faster
timers.setTimeout = faster

const { setTimeout: delay } = timersPromises
timersPromises.setTimeout = (milliseconds, ...parameters) => delay(milliseconds / factor, ...parameters)
syncBuiltinESMExports()
