import { connect as connectPlainly } from 'node:net'
import type { Agent as AgentClass, buildConnector as Connector } from 'undici'
import connectThrough from 'undici/lib/api/api-connect.js'
import buildConnector from 'undici/lib/core/connect.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js'
import { afterLookup, lookup, refuseName } from './names.ts'
import { faultOf, type ProxySettings } from './proxy-settings.ts'

// Sends CONNECT requests. undici's index, which is not loaded here, adds this to every dispatcher.
Dispatcher.prototype.connect = connectThrough

/** The connection to the proxy failed, not the one behind it. */
class ProxyError extends Error {
  override readonly name = 'ProxyError'
  /**
   * - `PROXY_UNUSABLE`: waiting cannot help: a setting is wrong, or the server is not an HTTP proxy.
   * - `PROXY_REFUSED`: the proxy refuses to connect to this host, or refuses this user.
   * - `PROXY_FAILED`: all other failures.
   */
  readonly code: 'PROXY_UNUSABLE' | 'PROXY_REFUSED' | 'PROXY_FAILED'

  constructor(code: ProxyError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * Connects through proxies. This is a separate module because only jobs with a proxy have to load it.
 *
 * @param connect how to connect: to Neon directly, to a proxy, and to Neon through it
 */
export function openProxied(
  { https, http, no }: ProxySettings,
  options: AgentClass.Options,
  connect: Connector.BuildOptions,
): Dispatcher {
  return new EnvHttpProxyAgent({
    ...options,
    // Empty settings keep undici from reading the environment instead.
    httpsProxy: usable('HTTPS_PROXY', https),
    httpProxy: usable('HTTP_PROXY', http),
    noProxy: no,
    connect: afterLookup(buildConnector(connect)),
    proxyTls: connect,
    requestTls: connect,
    clientFactory: (proxy) => tunnelClient(proxy, connect),
  })
}

/**
 * Replaces the address of a proxy that cannot be used with a placeholder that fails only when it is used: `NO_PROXY` may
 * name Neon's host.
 */
function usable(variable: string, address: string): string {
  const fault = address === '' ? undefined : faultOf(address)
  if (fault === undefined) return address
  const placeholder = `${variable.toLowerCase()}.invalid`
  refuseName(placeholder, new ProxyError('PROXY_UNUSABLE', `the proxy cannot be used: ${variable} ${fault}`))
  return `http://${placeholder}`
}

/** Opens tunnels through a proxy. Replaces undici's client, whose errors do not say what is wrong with the proxy. */
function tunnelClient(proxy: URL, options: Connector.BuildOptions): Dispatcher {
  const connect = afterLookup(buildConnector(options))
  const client: Dispatcher = new Agent({
    connect: (target, callback) =>
      connect(target, (...[error, socket]) => (error ? callback(connectError(error), null) : callback(null, socket))),
  })
  const ask = client.connect.bind(client) as (request: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData>
  return Object.assign(client, {
    async connect(request: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> {
      const answer = await ask(request).catch(async (error) => {
        throw await tunnelError(error, proxy)
      })
      if (answer.statusCode === 200) return answer
      answer.socket.destroy()
      const code = isTemporary(answer.statusCode) ? 'PROXY_FAILED' : 'PROXY_REFUSED'
      throw new ProxyError(code, `the proxy answered ${answer.statusCode}`)
    },
  })
}

/** Statuses of a proxy that is busy or currently cannot reach the host. */
function isTemporary(status: number): boolean {
  return [408, 425, 429].includes(status) || (status >= 500 && status !== 501)
}

function connectError(cause: Error): ProxyError {
  if (cause instanceof ProxyError) return cause
  return new ProxyError('PROXY_FAILED', 'cannot connect to the proxy', { cause })
}

async function tunnelError(cause: NodeJS.ErrnoException, proxy: URL): Promise<ProxyError> {
  const { code = '' } = cause instanceof ProxyError ? ((cause.cause ?? {}) as NodeJS.ErrnoException) : cause
  if (cause.name === 'HTTPParserError' || (CLOSED.has(code) && (await speaksSocks(proxy)))) {
    return new ProxyError('PROXY_UNUSABLE', 'the proxy cannot be used: no HTTP proxy listens at its address', { cause })
  }
  if (cause instanceof ProxyError) return cause
  return new ProxyError('PROXY_FAILED', 'the proxy ended the connection', { cause })
}

/** Codes for a connection that was closed without an answer, as SOCKS servers do with an HTTP request. */
const CLOSED = new Set(['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE', 'ECONNABORTED'])

/** Whether a server answers a SOCKS 5 greeting. */
function speaksSocks({ protocol, hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    // The default ports, which `URL` omits.
    const used = Number(port || (protocol === 'https:' ? 443 : 80))
    const socket = connectPlainly({ host: hostname.replace(/[[\]]/g, ''), port: used, lookup })
    socket.setTimeout(2_000, () => socket.destroy())
    socket.on('error', () => {}).on('close', () => resolve(false))
    socket.on('data', ([version]) => {
      resolve(version === 5)
      socket.destroy()
    })
    socket.write(Buffer.from([5, 1, 0]))
  })
}
