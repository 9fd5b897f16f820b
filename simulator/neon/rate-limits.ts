import type { OperationId } from './openapi.ts'

/**
 * Neon's documented limits: 700 requests per minute and account, bursts of 40 per second and route, and 10 per second
 * for creating organization keys.
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
   * Counts a request; `false` if it exceeds a limit. A request that its route's limit refuses also counts for the
   * account: Neon does not document this, and this is the worse case.
   */
  allow(account: string, operation: OperationId): boolean {
    const perRoute = operation === 'createOrgApiKey' ? 10 : 40
    const within = this.#take(account, 700, 700 / 60)
    return this.#take(`${account} ${operation}`, perRoute, perRoute) && within
  }

  /** Takes a token from a bucket that holds `size` tokens and refills at `perSecond`. */
  #take(name: string, size: number, perSecond: number): boolean {
    const now = this.#now()
    const { tokens, at } = this.#buckets.get(name) ?? { tokens: size, at: now }
    const filled = Math.min(size, tokens + ((now - at) / 1000) * perSecond)
    const allowed = filled >= 1
    this.#buckets.set(name, { tokens: allowed ? filled - 1 : filled, at: now })
    return allowed
  }
}
