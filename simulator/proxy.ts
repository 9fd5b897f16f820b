// A proxy as in company networks: some hosts can be reached only through it.

import { createServer, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { type Listening, listen, tunnel } from './listening.ts'

export interface ProxyServer extends Listening {
  /** Its requests, such as `CONNECT neon.example:443`. */
  requests: string[]
  /** The `Proxy-Authorization` header of each. */
  credentials: (string | undefined)[]
  /** Answers 407 to every tunnel. */
  refusesTunnels: boolean
}

/** @param hosts for each host that only the proxy can resolve, its port on the loopback address */
export async function startProxy(hosts: ReadonlyMap<string, number>): Promise<ProxyServer> {
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '', headers } = incoming
    proxy.requests.push(`${method} ${url}`)
    proxy.credentials.push(headers['proxy-authorization'])
    const onward = request(url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  }).on('connect', ({ url = '', headers }, socket: Socket) => {
    proxy.requests.push(`CONNECT ${url}`)
    proxy.credentials.push(headers['proxy-authorization'])
    if (proxy.refusesTunnels) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    const [host = '', port] = url.split(':')
    const target = connect(hosts.get(host) ?? Number(port), '127.0.0.1')
    target.on('connect', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    tunnel(socket, target)
  })
  const proxy: ProxyServer = { requests: [], credentials: [], refusesTunnels: false, ...(await listen(server)) }
  return proxy
}
