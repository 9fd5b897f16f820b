// Loaded into a step with `--import`: `JSON.parse` tells a reviver what it did in Node 20, and no more.

const { parse } = JSON
JSON.parse = (text, reviver) => parse(text, reviver && ((key, value) => reviver(key, value)))
