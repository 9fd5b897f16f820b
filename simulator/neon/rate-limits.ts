import type { OperationId } from './openapi.ts'

/**
 * Neon's documented limits: 700 requests a minute an account, bursts of 40 a second a route, and 10 a second for
 * creating organization keys.
 *
 * @see https://api-docs.neon.tech/reference/api-rate-limiting
 */
export class RateLimits {
  /** What each bucket held, and when. */
  readonly #buckets = new Map<string, { tokens: number; at: number }>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * Counts a request; `false` when it is one too many. A request that its route's limit refuses counts for the account
   * all the same: Neon does not say, and this is the worse of the two.
   */
  allow(account: string, operation: OperationId): boolean {
    const perRoute = operation === 'createOrgApiKey' ? 10 : 40
    const within = this.#take(account, 700, 700 / 60)
    return this.#take(`${account} ${operation}`, perRoute, perRoute) && within
  }

  /** Takes a token out of a bucket that holds so many and fills again at so many a second. */
  #take(name: string, size: number, perSecond: number): boolean {
    const now = this.#now()
    const { tokens, at } = this.#buckets.get(name) ?? { tokens: size, at: now }
    const filled = Math.min(size, tokens + ((now - at) / 1000) * perSecond)
    const allowed = filled >= 1
    this.#buckets.set(name, { tokens: allowed ? filled - 1 : filled, at: now })
    return allowed
  }
}
