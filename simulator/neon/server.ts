import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { listen } from '../listening.ts'
import { answerControl } from './control.ts'
import { answer, type Connection, type Fault, Faults } from './faults.ts'
import { BASE_PATH, Neon, type NeonOptions, type NeonResponse, type RecordedRequest } from './neon.ts'

export interface ServerOptions extends NeonOptions {
  /** The port on the loopback address; any free one by default. */
  port?: number
}

/** A simulated Neon that listens on the loopback address. */
export interface NeonServer {
  readonly neon: Neon
  /** The value for `api_host`. */
  readonly host: string
  inject(fault: Fault): void
  /** Cancels the faults that have not yet happened. */
  clearFaults(): void
  /** Forgets requests and faults, and revokes every key created since start. */
  reset(): void
  close(): Promise<void>
}

/** Starts a simulated Neon on the loopback address. */
export async function startNeon({ port, ...options }: ServerOptions = {}): Promise<NeonServer> {
  const neon = await Neon.create(options)
  const faults = new Faults()

  const receive = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/', headers, socket } = incoming
    const body = await text(incoming)
    const control = answerControl({ method, path: url, body }, neon, faults)
    if (control) {
      outgoing.writeHead(control.status, { 'content-type': 'application/json' })
      return void outgoing.end(JSON.stringify(control.body, null, 2))
    }
    const request = neon.receive({ method, path: url, headers, body })
    const apply = (): NeonResponse => neon.perform(request, socket.remoteAddress ?? '')
    answer(faults.next(request.operation), { request, apply }, connectionOf(request, outgoing, refuse))
  }
  const server = createServer((incoming, outgoing) => {
    receive(incoming, outgoing).catch((error) => {
      neon.violations.push(`the simulator failed: ${error}`)
      outgoing.destroy()
    })
  })
  let listening = await listen(server, port)
  let reopening: NodeJS.Timeout | undefined
  async function refuse(milliseconds: number): Promise<void> {
    await listening.close()
    reopening = setTimeout(async () => {
      listening = await listen(server, listening.port)
    }, milliseconds)
  }

  return {
    neon,
    host: `http://127.0.0.1:${listening.port}${BASE_PATH}`,
    inject: (fault) => faults.arm(fault),
    clearFaults: () => faults.clear(),
    reset() {
      faults.clear()
      neon.reset()
    },
    close() {
      clearTimeout(reopening)
      return listening.close()
    },
  }
}

function connectionOf(
  request: RecordedRequest,
  outgoing: ServerResponse,
  refuse: (milliseconds: number) => void,
): Connection {
  const begin = (response: NeonResponse, headers: Record<string, string | number> = {}): void => {
    request.status = response.status
    outgoing.writeHead(response.status, {
      'content-type': 'application/json',
      'x-request-id': response.requestId,
      ...response.headers,
      ...headers,
    })
  }
  return {
    reply(response) {
      begin(response)
      outgoing.end(response.text)
    },
    reset: () => void outgoing.socket?.resetAndDestroy(),
    truncate(response) {
      begin(response, { 'content-length': Buffer.byteLength(response.text) })
      outgoing.write(response.text.slice(0, response.text.length / 2), () => outgoing.socket?.destroy())
    },
    async trickle(response, millisecondsPerByte) {
      begin(response)
      for (const byte of Buffer.from(response.text)) {
        if (outgoing.destroyed) return
        outgoing.write(Buffer.of(byte))
        await sleep(millisecondsPerByte, undefined, { ref: false })
      }
      outgoing.end()
    },
    refuse(response, milliseconds) {
      begin(response, { connection: 'close' })
      outgoing.end(response.text, () => refuse(milliseconds))
    },
    after: (milliseconds, act) => void setTimeout(act, milliseconds).unref(),
  }
}
