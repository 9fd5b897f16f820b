// `npm run simulator`: a Neon on this machine, for people. Ends with Ctrl-C.

import { appendFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { startNeon } from './neon/server.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'rate-limits': { type: 'boolean', default: false },
    output: { type: 'string' },
  },
})
const port = Number(values.port)
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port is '${values.port}'; it takes a number from 0 (any free port) to 65535.`)
  process.exit(2)
}
const { neon, host } = await startNeon({ port, rateLimits: values['rate-limits'] })
const facts = {
  api_host: host,
  api_key: neon.adminKey,
  organization_key: neon.organizationKey,
  org_id: neon.organization.id,
  project_id: neon.project.id,
}
console.log(`A local Neon is listening. Nothing here is real, and all of it is forgotten when it ends (Ctrl-C).

${Object.entries(facts)
  .map(([name, value]) => `  ${name.padEnd(17)}  ${value}`)
  .join('\n')}

  try it             curl -H 'Authorization: Bearer ${neon.adminKey}' ${host}/api_keys
  what happened      curl ${new URL('/_simulator/state', host)}
  make it fail       curl -d '{"operation":"createApiKey","failure":{"kind":"reset","applied":true}}' ${new URL('/_simulator/faults', host)}
`)
// For workflows: `--output "$GITHUB_OUTPUT"` makes the facts outputs of the step, once the simulator listens.
if (values.output !== undefined) {
  const lines = Object.entries(facts).map(([name, value]) => `${name}=${value}\n`)
  appendFileSync(values.output, lines.join(''))
}
