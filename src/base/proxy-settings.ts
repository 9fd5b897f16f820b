/** The values of the proxy variables; an empty string if one is not set. */
export interface ProxySettings {
  https: string
  http: string
  /** Hosts that are connected to directly. */
  no: string
}

const PROTOCOLS = ['http:', 'https:']

type Environment = Readonly<Record<string, string | undefined>>

/** Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; the lower-case names take precedence, as in undici and curl. */
export function readProxySettings(environment: Environment): ProxySettings {
  const read = (name: string): string => environment[name.toLowerCase()] ?? environment[name] ?? ''
  return { https: read('HTTPS_PROXY'), http: read('HTTP_PROXY'), no: read('NO_PROXY') }
}

/** The same without the proxies' user names and passwords, for places that must not contain secrets. */
export function withoutCredentials({ https, http, no }: ProxySettings): ProxySettings {
  return { https: addressOf(https), http: addressOf(http), no }
}

/**
 * Adds user names and passwords from any variable of the environment that names the same proxy: a later step may have
 * set a variable that takes precedence over the one that main read.
 *
 * @param settings from {@link withoutCredentials}
 */
export function withCredentialsFrom(environment: Environment, settings: ProxySettings): ProxySettings {
  const variables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].map((name) => environment[name] ?? '')
  // Without a user name, no credentials are sent.
  const complete = (address: string): string =>
    variables.find((other) => address !== '' && addressOf(other) === address && URL.parse(other)?.username) ?? address
  return { https: complete(settings.https), http: complete(settings.http), no: settings.no }
}

/**
 * A proxy's URL without user name and password; an empty string if there is no proxy, or no valid URL: in
 * `user:password@proxy:8080`, the parser reads `user:` as the protocol and would keep the password.
 */
function addressOf(proxy: string): string {
  const url = URL.parse(proxy)
  return url && PROTOCOLS.includes(url.protocol) ? url.origin : ''
}

/** What is wrong with a proxy's address. Does not repeat the address, since it may contain a password. */
export function faultOf(address: string): string | undefined {
  const url = URL.parse(address)
  if (!url) return 'is not a URL'
  if (url.protocol.startsWith('socks')) return 'names a SOCKS proxy, but only HTTP proxies are supported'
  if (!PROTOCOLS.includes(url.protocol)) return 'does not start with http:// or https://'
  try {
    decodeURIComponent(`${url.username}${url.password}`)
  } catch {
    return 'has a % in its user name or password that does not start an escape such as %40; write %25 for %'
  }
  return undefined
}
