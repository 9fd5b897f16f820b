// The simulated Neon and GitHub in a process of their own, so that a benchmark does not time them along with the action.

import { startGithub } from '../simulator/github/server.ts'
import { startNeon } from '../simulator/neon/server.ts'

/** What the benchmark is told of them. */
export interface Servers {
  neonHost: string
  adminKey: string
  githubHost: string
  githubToken: string
}

const { neon, host } = await startNeon()
const github = await startGithub({ limit: Number.POSITIVE_INFINITY })
const servers: Servers = {
  neonHost: host,
  adminKey: neon.adminKey,
  githubHost: github.host,
  githubToken: github.token,
}
process.send?.(servers)
process.once('disconnect', () => process.exit())
