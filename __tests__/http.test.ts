// HTTP behavior that scenarios cannot reach, since a step ends when its time is up: what happens to the request then.

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
