// Parts of the campaign in virtual time, as tests.

import { inVirtualTime, runCampaign } from '../campaign/campaign.ts'
import { runSweeps } from '../campaign/sweeps.ts'

for (let seed = 1; seed <= 10; seed++) {
  test(`lives ${seed}`, async () => {
    const { finding } = await runCampaign(inVirtualTime(), { numRuns: 10, seed, endOnFailure: true })
    expect(finding?.report).toBeUndefined()
  })
  test(`sweeps ${seed}`, async () => {
    const { finding } = await runSweeps({ numRuns: 10, seed, endOnFailure: true })
    expect(finding?.report).toBeUndefined()
  })
}
