// `npm run bench:sweep`: the time, memory and requests of the built sweep in its own process, with 100 to 10,000 keys
// of half as many runs, most of them completed, in one repository and in an organization's 500. Only the last two rows
// apply GitHub's rate limit.

import { readCommand } from '../scripts/command.ts'
import { table, writeGenerated } from '../scripts/markdown.ts'
import { keyName, SWEEP } from '../simulator/fixtures.ts'
import { startGithub } from '../simulator/github/server.ts'
import { startNeon } from '../simulator/neon/server.ts'
import { Job } from '../simulator/runner/job.ts'
import { JOB_VARIABLES } from '../simulator/runner/variables.ts'
import { USAGE, usageOf } from './usage.ts'

const given = readCommand({
  usage: 'npm run bench:sweep --',
  does: 'The sweep with 100 to 10,000 keys. docs/sweep-load.md explains it.',
  flags: { write: { help: 'into docs/sweep-load.md' } },
})

interface Load {
  keys: number
  repositories: number
  /** GitHub's limit of requests per hour. */
  limit: number
}

/** A number that no sweep reaches. */
const UNLIMITED = 1_000_000

async function measure({ keys, repositories, limit }: Load): Promise<(string | number)[]> {
  const server = await startNeon()
  const github = await startGithub({ limit, installation: true })
  const job = new Job({ GITHUB_API_URL: github.host })
  const { neon, host } = server
  try {
    const names = Array.from({ length: repositories }, (_, index): [string, string] => [
      String(812_345_678 + index),
      index === 0 ? JOB_VARIABLES.GITHUB_REPOSITORY : `octo-org/repository-${index}`,
    ])
    for (const [id, name] of names) github.repositories.set(id, name)
    for (let index = 0; index < keys; index += 1) {
      const id = String(10_000 + Math.floor(index / 2))
      const [repositoryId = '', repository = ''] = names[Number(id) % repositories] ?? []
      // Every tenth run is in progress, and one of its two jobs.
      const goesOn = id.endsWith('0')
      const jobs = { 1: { 8: 'completed', 9: 'in_progress' } }
      github.runs.set(id, { id, status: goesOn ? 'in_progress' : 'completed', attempt: 1, repository, jobs })
      const jobId = String(8 + (index % 2))
      neon.accounts.adopt({ user: neon.ada }, keyName({ repositoryId, runId: id, jobId }), neon.ada)
    }
    const sweep = await job.uses(SWEEP, {
      with: {
        api_key: neon.adminKey,
        scope: 'personal',
        api_host: host,
        github_token: github.token,
        repositories: repositories === 1 ? 'this' : 'all',
      },
      env: USAGE,
    })
    const count = (method: string): number => neon.requests.filter((request) => request.method === method).length
    const revoked = keys - neon.createdKeys().length
    return [
      keys,
      keys / 2,
      repositories,
      limit === UNLIMITED ? revoked : `${revoked}, then GitHub's limit`,
      (sweep.milliseconds / 1000).toFixed(1),
      usageOf(sweep).memory.toFixed(0),
      count('GET'),
      count('DELETE'),
      github.asked.length,
    ]
  } finally {
    job.dispose()
    await server.close()
    await github.close()
  }
}

const heads = [
  'keys',
  'runs',
  'repositories',
  'revoked',
  'time (s)',
  'peak memory (MiB)',
  'lists',
  'revocations',
  'requests to GitHub',
]
const rows: (string | number)[][] = []
for (const keys of [100, 1_000, 10_000]) rows.push(await measure({ keys, repositories: 1, limit: UNLIMITED }))
rows.push(await measure({ keys: 10_000, repositories: 500, limit: UNLIMITED }))
rows.push(await measure({ keys: 10_000, repositories: 1, limit: 1_000 }))
rows.push(await measure({ keys: 10_000, repositories: 500, limit: 5_000 }))
const text = table(heads, rows)
console.log(text)
if (given.has('write')) writeGenerated('docs/sweep-load.md', { sweep: text })
