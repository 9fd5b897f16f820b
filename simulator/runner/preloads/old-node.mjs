// Loaded into a step with `--import`: `JSON.parse` passes a reviver only the arguments that it passed in Node 20.

const { parse } = JSON
JSON.parse = (text, reviver) => parse(text, reviver && ((key, value) => reviver(key, value)))
