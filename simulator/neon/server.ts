import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerControl } from './control.ts'
import { type Failure, type Fault, Faults, failedAnswer } from './faults.ts'
import { BASE_PATH, Neon, type NeonOptions, type NeonResponse, type RecordedRequest } from './neon.ts'

export interface ServerOptions extends NeonOptions {
  /** The port on the loopback address; any free one unless told. */
  port?: number
}

/** A simulated Neon that listens on the loopback address. */
export interface NeonServer {
  readonly neon: Neon
  /** What `api_host` has to be. */
  readonly host: string
  inject(fault: Fault): void
  /** Calls off the faults that are still to come. */
  clearFaults(): void
  /** Forgets requests and faults, and revokes every key that was made. */
  reset(): void
  close(): Promise<void>
}

/** Starts a simulated Neon on the loopback address. */
export async function startNeon({ port = 0, ...options }: ServerOptions = {}): Promise<NeonServer> {
  const neon = await Neon.create(options)
  const faults = new Faults()

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/', headers, socket } = incoming
    const body = await readBody(incoming)
    const control = answerControl(method, url, body, neon, faults)
    if (control) return send(outgoing, control.status, JSON.stringify(control.body, null, 2), {})
    const request = neon.receive({ method, path: url, headers, body })
    const deed = (): NeonResponse => neon.perform(request, socket.remoteAddress ?? '')
    await answerWithFault(faults.next(request.operation), deed, { request, outgoing, refuse })
  }

  const server: Server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error) => {
      neon.violations.push(`the simulator failed: ${error}`)
      outgoing.destroy()
    })
  })
  const listen = (on: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(on, '127.0.0.1', () => resolve())
    })
  await listen(port)
  const actualPort = (server.address() as AddressInfo).port

  let reopening: NodeJS.Timeout | undefined
  const stop = (): Promise<unknown> => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    return closed
  }
  function refuse(milliseconds: number): void {
    stop().then(() => {
      reopening = setTimeout(() => void listen(actualPort), milliseconds)
    })
  }

  return {
    neon,
    host: `http://127.0.0.1:${actualPort}${BASE_PATH}`,
    inject: (fault) => faults.arm(fault),
    clearFaults: () => faults.clear(),
    reset() {
      faults.clear()
      neon.reset()
    },
    async close() {
      clearTimeout(reopening)
      await stop()
    },
  }
}

interface Exchange {
  request: RecordedRequest
  outgoing: ServerResponse
  refuse: (milliseconds: number) => void
}

/** Answers as Neon would, unless a fault befalls the request. */
async function answerWithFault(
  failure: Failure | undefined,
  deed: () => NeonResponse,
  { request, outgoing, refuse }: Exchange,
): Promise<void> {
  const reply = ({ status, text, requestId }: NeonResponse, headers: Record<string, string> = {}): void => {
    request.status = status
    send(outgoing, status, text, { 'x-request-id': requestId, ...headers })
  }
  const reset = (): void => {
    outgoing.socket?.resetAndDestroy()
  }
  switch (failure?.kind) {
    case undefined:
      return reply(deed())
    case 'refuse':
      outgoing.once('finish', () => refuse(failure.milliseconds))
      return reply(deed(), { connection: 'close' })
    case 'reset':
      if (failure.deed === 'done') deed()
      return reset()
    case 'late':
      reset()
      await sleep(failure.milliseconds)
      deed()
      return
    case 'delay': {
      const response = deed()
      await sleep(failure.milliseconds, undefined, { ref: false })
      return reply(response)
    }
    case 'status':
    case 'body':
    case 'fields': {
      const { headers, ...response } = failedAnswer(failure, deed)
      return reply(response, headers)
    }
    case 'truncate': {
      const { status, text } = deed()
      request.status = status
      outgoing.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      outgoing.write(text.slice(0, text.length / 2), () => outgoing.socket?.destroy())
      return
    }
    case 'trickle': {
      const { status, text } = deed()
      request.status = status
      outgoing.writeHead(status, { 'content-type': 'application/json' })
      for (const byte of Buffer.from(text)) {
        if (outgoing.destroyed) return
        outgoing.write(Buffer.of(byte))
        await sleep(failure.millisecondsPerByte, undefined, { ref: false })
      }
      outgoing.end()
      return
    }
  }
}

function send(outgoing: ServerResponse, status: number, text: string, headers: Record<string, string>): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers })
  outgoing.end(text)
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
