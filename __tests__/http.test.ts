// HTTP behavior that scenarios cannot reach, since a step ends when its time is up: what happens to the request then.

import { getEventListeners } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, setDefaultCACertificates } from 'node:tls'
import { type Listening, listen } from '../simulator/listening.ts'
import { generateCertificate, startTlsFront } from '../simulator/tls.ts'
import { openHttp, TransportError } from '../src/base/http.ts'
import { requestsOf, scenario } from './support/scenario.ts'

const setup = scenario()
const listening: Listening[] = []
afterAll(() => {
  for (const each of listening) each.close()
})

test('a request that times out while connecting is never sent', async () => {
  const certificate = await generateCertificate(['localhost'])
  setDefaultCACertificates([certificate.cert])
  const front = await startTlsFront(certificate, () => setup.host)
  const held: Socket[] = []
  const letThrough = (socket: Socket): void => {
    socket.pipe(connect(front.port, '127.0.0.1')).pipe(socket)
  }
  let open = false
  const gate = await listen(createServer((socket) => void (open ? letThrough(socket) : held.push(socket))))
  listening.push(front, gate)
  const http = openHttp({ https: '', http: '', no: '' })
  const create = (timeout: number) =>
    http.exchange({
      method: 'POST',
      url: new URL(`https://localhost:${gate.port}/api/v2/api_keys`),
      headers: { authorization: `Bearer ${setup.neon.adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ key_name: `within ${timeout} ms` }),
      timeout,
    })

  await expect(create(300)).rejects.toEqual(new TransportError('no answer within 0.3 s', false))
  open = true
  for (const socket of held) letThrough(socket)
  const { status } = await create(5_000)
  expect(status).toBe(200)
  expect(requestsOf(setup.neon)).toEqual(['POST 200'])
  expect(setup.neon.createdKeys().map(({ name }) => name)).toEqual(['within 5000 ms'])
})

test('HTTP/2, which dist/ omits, is not offered to a TLS proxy', async () => {
  const { cert, private: key } = await generateCertificate(['localhost'])
  setDefaultCACertificates([cert])
  const offered: string[][] = []
  const ALPNCallback = ({ protocols }: { protocols: string[] }): undefined => void offered.push(protocols)
  const proxy = await listen(createTlsServer({ cert, key, ALPNCallback }))
  listening.push(proxy)
  const http = openHttp({ https: `https://localhost:${proxy.port}`, http: '', no: '' })
  const request = { method: 'GET', url: new URL('https://example.test/'), headers: {}, timeout: 2_000 } as const
  await expect(http.exchange(request)).rejects.toThrow(TransportError)
  expect(offered[0]).toEqual(['http/1.1'])
})

test('an answer of 16 MiB is read; of a larger one, no more than that', async () => {
  const MOST = 16 * 1024 * 1024
  const server = await listen(
    createHttpServer(({ url }, answer) => void answer.end(Buffer.alloc(Number(url?.slice(1)), 'x'))),
  )
  listening.push(server)
  const read = (bytes: number) =>
    openHttp({ https: '', http: '', no: '' }).exchange({
      method: 'GET',
      url: new URL(`http://127.0.0.1:${server.port}/${bytes}`),
      headers: {},
      timeout: 10_000,
    })
  expect((await read(MOST)).body).toHaveLength(MOST)
  await expect(read(MOST + 1)).rejects.toMatchObject({
    sent: true,
    cause: { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' },
  })
})

/** A server that waits this many milliseconds and repeats the request's headers; without a number, it does not answer. */
async function echo() {
  const server = await listen(
    createHttpServer(({ url, headers }, answer) => {
      const wait = Number(url?.slice(1))
      if (url !== '/') setTimeout(() => answer.writeHead(418, { 'x-seen': String(headers.x) }).end('héllo'), wait)
    }),
  )
  listening.push(server)
  const http = openHttp({ https: '', http: '', no: '' })
  return (path: string, options: { timeout?: number; signal?: AbortSignal } = {}) =>
    http.exchange({
      method: 'GET',
      url: new URL(`http://127.0.0.1:${server.port}/${path}`),
      headers: { x: 'y' },
      timeout: 5_000,
      ...options,
    })
}

test('an exchange returns status, headers and body, and leaves neither a timer nor a listener behind', async () => {
  const get = await echo()
  const { signal } = new AbortController()
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  await get('0')
  const before = timers()
  const { status, headers, body } = await get('1', { signal, timeout: 60_000 })
  expect({ status, seen: headers['x-seen'], body }).toEqual({ status: 418, seen: 'y', body: 'héllo' })
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(timers()).toBeLessThanOrEqual(before)
})

test('an exchange ends with its time limit, or when it is cancelled: before, at once; during; not after', async () => {
  const get = await echo()
  await expect(get('', { timeout: 151 })).rejects.toEqual(new TransportError('no answer within 0.2 s', true))
  const cancelled = 'stopped, because the job was cancelled'
  await expect(get('0', { signal: AbortSignal.abort() })).rejects.toEqual(new TransportError(cancelled, false))
  const controller = new AbortController()
  const answered = await get('0', { signal: controller.signal })
  const during = get('', { signal: controller.signal })
  setTimeout(() => controller.abort(), 50)
  const error = await during.catch((reason) => reason)
  expect(error).toEqual(new TransportError(cancelled, true))
  expect(error.name).toBe('TransportError')
  expect(answered.body).toBe('héllo')
})

test('a connection that fails is a TransportError with the cause', async () => {
  const closed = await listen(createServer())
  closed.close()
  const http = openHttp({ https: '', http: '', no: '' })
  const url = new URL(`http://127.0.0.1:${closed.port}/`)
  await expect(http.exchange({ method: 'GET', url, headers: {}, timeout: 5_000 })).rejects.toMatchObject({
    message: 'the connection failed',
    sent: false,
    cause: { code: 'ECONNREFUSED' },
  })
})

test('with a proxy set, a loopback address is connected to directly, and any other is not', async () => {
  const seen: string[] = []
  const proxy = await listen(
    createServer((socket) => socket.once('data', (data) => socket.end(void seen.push(String(data))))),
  )
  listening.push(proxy)
  const address = `http://127.0.0.1:${proxy.port}`
  const server = await listen(createHttpServer((_request, answer) => void answer.end('direct')))
  listening.push(server)
  const http = openHttp({ https: address, http: address, no: '' })
  const get = (origin: string) =>
    http.exchange({ method: 'GET', url: new URL('/', origin), headers: {}, timeout: 5_000 })
  for (const host of ['127.0.0.1', 'localhost']) {
    expect((await get(`http://${host}:${server.port}`)).body).toBe('direct')
  }
  expect(seen).toEqual([])
  for (const origin of ['http://example.test', 'https://example.test']) {
    await expect(get(origin)).rejects.toThrow(TransportError)
  }
  expect(seen[0]).toMatch(/^GET http:\/\/example\.test\/ /)
  expect(seen[1]).toMatch(/^CONNECT example\.test:443 /)
})

test('a request does not wait for the connection of another, as it would if that could become HTTP/2', async () => {
  const sockets: Socket[] = []
  const { promise: both, resolve } = Promise.withResolvers<void>()
  const silent = await listen(createServer((socket) => sockets.push(socket) === 2 && resolve()))
  listening.push(silent)
  const http = openHttp({ https: '', http: '', no: '' })
  const url = new URL(`https://127.0.0.1:${silent.port}`)
  const get = () => http.exchange({ method: 'GET', url, headers: {}, timeout: 5_000 })
  await Promise.race([both, get(), get()])
})
