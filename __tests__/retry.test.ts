import fc from 'fast-check'
import { waitBefore } from '../src/retry.ts'

const random = fc.double({ min: 0, max: 0.999_999, noNaN: true })

test('trouble: waits are jittered in full and have a ceiling', () => {
  fc.assert(
    fc.property(fc.nat(50), random, (attempt, luck) => {
      const wait = waitBefore(attempt, {}, () => luck)
      expect(wait).toBeGreaterThanOrEqual(0)
      expect(wait).toBeLessThan(Math.min(10_000, 500 * 2 ** attempt))
    }),
  )
})

test('a rate limit: one place in line, drawn once, then a steady beat', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), random, (attempt, luck) => {
      expect(waitBefore(0, { limited: true }, () => luck)).toBeLessThan(5_000)
      expect(waitBefore(attempt, { limited: true }, () => luck)).toBe(5_000)
    }),
  )
})

test('what Neon asks for is waited in full', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(120_000), fc.boolean(), random, (attempt, retryAfter, limited, luck) => {
      expect(waitBefore(attempt, { retryAfter, limited }, () => luck)).toBeGreaterThanOrEqual(retryAfter)
    }),
  )
})
