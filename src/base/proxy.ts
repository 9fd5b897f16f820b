import { type Agent, type buildConnector, type Dispatcher, EnvHttpProxyAgent } from 'undici'

/**
 * Connections through the proxies that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name. A module of its own, since few
 * jobs have a proxy and so few have to load what speaks to one.
 *
 * @param connect how to connect: to Neon directly, to a proxy, and to Neon through it
 * @throws {Error} when a variable holds no URL
 */
export function openProxied(options: Agent.Options, connect: buildConnector.BuildOptions): Dispatcher {
  return new EnvHttpProxyAgent({ ...options, connect, proxyTls: connect, requestTls: connect })
}
