import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'

/** A server on the loopback address. */
export interface Listening {
  port: number
  /** Also ends its connections. */
  close(): Promise<void>
}

/** Makes a server listen on the loopback address, on any free port by default. */
export async function listen(server: Server, port = 0): Promise<Listening> {
  const sockets = new Set<Socket>()
  const track = (socket: Socket): void => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
  server.on('connection', track).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.off('connection', track)
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Forwards data between two sockets in both directions; when one closes, so does the other. */
export function tunnel(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    // Otherwise a small answer may wait 40 ms for the acknowledgment of the previous one.
    from.setNoDelay()
    from.on('error', () => to.destroy()).pipe(to)
  }
}
