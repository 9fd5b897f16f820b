// Loaded into a step with `--import`: the machine's clock is wrong by CLOCK_ERROR milliseconds.

const { now } = Date
const error = Number(process.env.CLOCK_ERROR)

Date.now = () => now() + error
globalThis.Date = new Proxy(Date, {
  construct: (target, parameters) => new target(...(parameters.length === 0 ? [Date.now()] : parameters)),
})
