/** What the variables for proxies say; an empty string where one is not set. */
export interface ProxySettings {
  https: string
  http: string
  /** Hosts that are reached directly. */
  no: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; the lower-case spellings win, as in undici and curl. */
export function readProxySettings(environment: Environment): ProxySettings {
  const read = (name: string): string => environment[name.toLowerCase()] ?? environment[name] ?? ''
  return { https: read('HTTPS_PROXY'), http: read('HTTP_PROXY'), no: read('NO_PROXY') }
}

/** The same without the proxies' user names and passwords, for places where no secret may stand. */
export function withoutCredentials({ https, http, no }: ProxySettings): ProxySettings {
  return { https: addressOf(https), http: addressOf(http), no }
}

/**
 * Takes the user names and passwords from the environment, where a variable of it names the same proxies: any of them,
 * since a later step may have set one that wins over the one that main read.
 *
 * @param settings made by {@link withoutCredentials}
 */
export function withCredentialsFrom(environment: Environment, settings: ProxySettings): ProxySettings {
  const variables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].map((name) => environment[name] ?? '')
  const complete = (address: string): string => {
    const same = variables.filter((other) => address !== '' && addressOf(other) === address)
    return same.find((other) => URL.parse(other)?.username) ?? same[0] ?? address
  }
  return { https: complete(settings.https), http: complete(settings.http), no: settings.no }
}

/**
 * A proxy's URL without user name and password; an empty string where there is no proxy, or no valid URL: of
 * `user:password@proxy:8080` the parser takes `user:` for the protocol, so that the password would stay.
 */
function addressOf(proxy: string): string {
  const url = URL.parse(proxy)
  return url && /^https?:$/.test(url.protocol) ? url.origin : ''
}
