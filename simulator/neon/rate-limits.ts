import type { OperationId } from './openapi.ts'

/** A bucket that holds so many tokens and fills again at so many a second. */
class Bucket {
  readonly #size: number
  readonly #perSecond: number
  #tokens: number
  #at: number

  constructor(size: number, perSecond: number, now: number) {
    this.#size = size
    this.#perSecond = perSecond
    this.#tokens = size
    this.#at = now
  }

  take(now: number): boolean {
    this.#tokens = Math.min(this.#size, this.#tokens + ((now - this.#at) / 1000) * this.#perSecond)
    this.#at = now
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}

/**
 * Neon's documented limits: 700 requests a minute an account, bursts of 40 a second a route, and 10 a second for
 * creating organization keys.
 *
 * @see https://api-docs.neon.tech/reference/api-rate-limiting
 */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * Counts a request; `false` when it is one too many. A request that its route's limit refuses counts for the account
   * all the same: Neon does not say, and this is the worse of the two.
   */
  allow(account: string, operation: OperationId): boolean {
    const now = this.#now()
    const take = (name: string, size: number, perSecond: number): boolean => {
      const bucket = this.#buckets.get(name) ?? new Bucket(size, perSecond, now)
      this.#buckets.set(name, bucket)
      return bucket.take(now)
    }
    const perRoute = operation === 'createOrgApiKey' ? 10 : 40
    const within = take(account, 700, 700 / 60)
    return take(`${account} ${operation}`, perRoute, perRoute) && within
  }
}
