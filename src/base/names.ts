import { isIP, type LookupFunction } from 'node:net'
import type { buildConnector } from 'undici'

type Addresses = readonly { address: string; family: number }[]

/** The result of each look-up, finished or pending, by host name. */
const lookups = new Map<string, Promise<Addresses>>()

/**
 * Looks up a host name once for all attempts: if an attempt ends before its look-up, the next attempt uses the same
 * look-up, since slow name servers may take longer than an attempt.
 */
function resolve(hostname: string): Promise<Addresses> {
  const known = lookups.get(hostname)
  if (known) return known
  const pending = lookUp(hostname)
  lookups.set(hostname, pending)
  pending.catch(() => lookups.delete(hostname))
  return pending
}

/** Like `net.connect`. */
async function lookUp(hostname: string): Promise<Addresses> {
  const dns = await import('node:dns')
  const hints = process.platform === 'win32' ? 0 : dns.ADDRCONFIG
  return new Promise((resolve, reject) => {
    dns.lookup(hostname, { all: true, hints }, (error, addresses) => (error ? reject(error) : resolve(addresses)))
  })
}

/** Makes every connection to a host name fail with an error. */
export function refuseName(hostname: string, error: Error): void {
  const refusal = Promise.reject(error)
  refusal.catch(() => {})
  lookups.set(hostname, refusal)
}

/** For `lookup` of `net.connect`. */
export const lookup: LookupFunction = (hostname, { all }, callback) => {
  resolve(hostname).then(
    (addresses) => {
      if (all) callback(null, [...addresses])
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family)
    },
    (error) => callback(error, []),
  )
}

/**
 * Looks up the host name before connecting, so that it does not count towards the connect timeout. The result is used
 * until a connection fails.
 *
 * @param connect uses {@link lookup}
 */
export function afterLookup(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    const { hostname } = options
    const connectNow = (): void =>
      connect(options, (...result) => {
        if (result[0]) lookups.delete(hostname)
        callback(...result)
      })
    if (isIP(hostname)) connectNow()
    else resolve(hostname).then(connectNow, (error) => callback(error, null))
  }
}
