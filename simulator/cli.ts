// `npm run simulator`: a local Neon for manual use, until Ctrl-C.

import { appendFileSync } from 'node:fs'
import { fail, onInterrupt, readCommand } from '../scripts/command.ts'
import { startNeon } from './neon/server.ts'

const given = readCommand({
  usage: 'npm run simulator --',
  does: 'A local Neon, until Ctrl-C. Nothing in it is real; simulator/README.md says how to make it fail.',
  flags: {
    port: { value: 'NUMBER', default: '0', whole: 0, help: 'where it listens; 0 is any free port' },
    'rate-limits': { help: "with Neon's documented limits" },
    output: { value: 'FILE', help: 'appends name=value lines, e.g. to "$GITHUB_OUTPUT"' },
  },
})
const port = given.number('port')
if (port > 65_535) fail(`--port is '${port}'; the highest port is 65535.`)
const { neon, host, close } = await startNeon({ port, rateLimits: given.has('rate-limits') })
onInterrupt(close)
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
                     (all faults: simulator/README.md)
`)
// For workflows: `--output "$GITHUB_OUTPUT"` sets outputs of the step once the simulator listens.
const output = given.text('output')
if (output !== undefined) {
  const lines = Object.entries(facts).map(([name, value]) => `${name}=${value}\n`)
  appendFileSync(output, lines.join(''))
}
