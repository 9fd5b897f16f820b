import type { Agent, buildConnector } from 'undici'
import connectThrough from 'undici/lib/api/api-connect.js'
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js'
import type { ProxySettings } from './proxy-settings.ts'

// What a proxy is asked with. undici's index, which is not loaded here, gives it to every dispatcher.
Dispatcher.prototype.connect = connectThrough

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
