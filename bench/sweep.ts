// `npm run bench:sweep`: the built sweep in a process of its own, from 100 to 10,000 keys of half as many runs, most of
// them over; how its time and memory grow, and what it asks. GitHub's limit is out of the way here but for the last row,
// which has it.

import { readCommand } from '../scripts/command.ts'
import { table, writeGenerated } from '../scripts/markdown.ts'
import { keyName, SWEEP } from '../simulator/fixtures.ts'
import { startGithub } from '../simulator/github/server.ts'
import { startNeon } from '../simulator/neon/server.ts'
import { Job } from '../simulator/runner/job.ts'
import { USAGE, usageOf } from './usage.ts'

const given = readCommand({
  usage: 'npm run bench:sweep --',
  does: 'The sweep with 100 to 10,000 keys. docs/sweep-load.md explains it.',
  flags: { write: { help: 'into docs/sweep-load.md' } },
})

async function measure(keys: number, limit: number): Promise<(string | number)[]> {
  const server = await startNeon()
  const github = await startGithub({ limit })
  const job = new Job({ GITHUB_API_URL: github.host })
  const { neon, host } = server
  try {
    for (let index = 0; index < keys; index += 1) {
      const id = String(1_000 + Math.floor(index / 2))
      // Every tenth run goes on.
      github.runs.set(id, { id, status: id.endsWith('0') ? 'in_progress' : 'completed', attempt: 1 })
      neon.accounts.adopt({ user: neon.ada }, keyName({ runId: id }), neon.ada)
    }
    const sweep = await job.uses(SWEEP, {
      with: { api_key: neon.adminKey, scope: 'personal', api_host: host, github_token: github.token },
      env: USAGE,
    })
    const count = (method: string): number => neon.requests.filter((request) => request.method === method).length
    const revoked = keys - neon.createdKeys().length
    return [
      keys,
      keys / 2,
      Number.isFinite(limit) ? `${revoked}, then GitHub's limit` : revoked,
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
  'revoked',
  'time (s)',
  'peak memory (MiB)',
  'lists',
  'revocations',
  'questions to GitHub',
]
const rows: (string | number)[][] = []
for (const keys of [100, 1_000, 10_000]) rows.push(await measure(keys, Number.POSITIVE_INFINITY))
rows.push(await measure(10_000, 1_000))
const text = table(heads, rows)
console.log(text)
if (given.has('write')) writeGenerated('docs/sweep-load.md', { sweep: text })
