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
 * Takes the user names and passwords from other settings, where those name the same proxies.
 *
 * @param settings made by {@link withoutCredentials}
 */
export function withCredentialsFrom(others: ProxySettings, settings: ProxySettings): ProxySettings {
  const complete = (address: string): string =>
    [others.https, others.http].find((other) => address !== '' && addressOf(other) === address) ?? address
  return { https: complete(settings.https), http: complete(settings.http), no: settings.no }
}

/** A proxy's URL without user name and password; an empty string where there is no proxy, or no valid URL. */
function addressOf(proxy: string): string {
  const url = URL.parse(proxy)
  if (!url) return ''
  url.username = ''
  url.password = ''
  return url.href
}
