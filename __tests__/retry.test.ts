import fc from 'fast-check'
import { waitBefore } from '../src/retry.ts'

const random = fc.double({ min: 0, max: 0.999_999, noNaN: true })

test('waits are jittered in full and have a ceiling', () => {
  fc.assert(
    fc.property(fc.nat(50), random, (attempt, luck) => {
      const wait = waitBefore(attempt, undefined, () => luck)
      expect(wait).toBeGreaterThanOrEqual(0)
      expect(wait).toBeLessThan(Math.min(10_000, 500 * 2 ** attempt))
    }),
  )
})

test('what Neon asks for is waited in full', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(120_000), random, (attempt, retryAfter, luck) => {
      expect(waitBefore(attempt, retryAfter, () => luck)).toBeGreaterThanOrEqual(retryAfter)
    }),
  )
})
