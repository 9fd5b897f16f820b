import { type Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'

/**
 * Connections through the proxies that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name. A module of its own, since few
 * jobs have a proxy and so few have to load what speaks to one.
 *
 * @throws {Error} when a variable holds no URL
 */
export function openProxied(options: Agent.Options): Dispatcher {
  return new EnvHttpProxyAgent(options)
}
