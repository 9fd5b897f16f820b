import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'

/** A server on the loopback address. */
export interface Listening {
  port: number
  /** Ends its connections, too. */
  close(): void
}

/** Has a server listen on the loopback address, on any free port. */
export async function listen(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
