import { type Agent, type buildConnector, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import type { ProxySettings } from './proxy-settings.ts'

/**
 * Connections through proxies. A module of its own, since few jobs have a proxy and so few have to load what speaks to
 * one.
 *
 * @param connect how to connect: to Neon directly, to a proxy, and to Neon through it
 * @throws {Error} when a setting holds no URL
 */
export function openProxied(
  { https, http, no }: ProxySettings,
  options: Agent.Options,
  connect: buildConnector.BuildOptions,
): Dispatcher {
  // Empty settings keep undici from reading the environment instead.
  const proxies = { httpsProxy: https, httpProxy: http, noProxy: no }
  return new EnvHttpProxyAgent({ ...options, ...proxies, connect, proxyTls: connect, requestTls: connect })
}
