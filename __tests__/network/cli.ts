// `npm run test:network`: the built action against real proxies, gateways and name servers, on the loopback address or
// in its own network namespace. network.test.ts and time.test.ts have regression tests for what it found.

import { fork, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { readCommand } from '../../scripts/command.ts'
import { cutConnections } from './cuts.ts'
import { throughGateways } from './gateways.ts'
import { adviceForMissing } from './programs.ts'
import { throughProxies } from './proxies.ts'
import { Tally } from './tally.ts'

const NAMESPACE = ['--net', '--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])]

async function withNameServers(tally: Tally): Promise<void> {
  if (spawnSync('unshare', [...NAMESPACE, 'true']).status !== 0) {
    const skipped = 'Name servers: skipped, since this machine allows no network namespaces.'
    if (process.env.CI) throw new Error(skipped)
    return console.log(skipped)
  }
  const script = join(import.meta.dirname, 'name-servers.ts')
  const child = fork(script, { execPath: 'unshare', execArgv: [...NAMESPACE, process.execPath, '--no-warnings'] })
  const found = await new Promise<Tally | undefined>((resolve) =>
    child.on('message', resolve).on('exit', () => resolve(undefined)),
  )
  if (!found) throw new Error('the tests of name servers ended early')
  tally.add(found)
}

readCommand({
  usage: 'npm run test:network --',
  does: 'Runs the action with real proxies, gateways and name servers. __tests__/README.md explains it.',
  flags: {},
})
const missing = adviceForMissing()
if (missing.length > 0) {
  console.log(missing.join('\n'))
  process.exit(1)
}
const start = performance.now()
const tally = new Tally()
const sections = { withNameServers, throughProxies, cutConnections, throughGateways }
const results = await Promise.allSettled(Object.values(sections).map((section) => section(tally)))
for (const result of results) if (result.status === 'rejected') tally.faults.push(String(result.reason.message))
for (const fault of [...tally.faults, ...tally.silent.map((key) => `alive and unreported: ${key}`)]) console.log(fault)
const seconds = Math.round((performance.now() - start) / 1000)
const { main, post } = tally.longest
console.log(
  `The longest main took ${Math.round(main)} s, the longest post ${Math.round(post)} s; all took ${seconds} s.`,
)
console.log(`lives: ${tally.lives}, faults: ${tally.faults.length}, keys alive and unreported: ${tally.silent.length}`)
process.exit(tally.faults.length + tally.silent.length === 0 ? 0 : 1)
