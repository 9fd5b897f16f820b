// The one thing about HTTP that no scenario reaches, since a step whose time is up ends: what becomes of the request.

import { connect, createServer, type Socket } from 'node:net'
import { setDefaultCACertificates } from 'node:tls'
import { type Listening, listen } from '../simulator/listening.ts'
import { generateCertificate, startTlsFront } from '../simulator/tls.ts'
import { openHttp, TransportError } from '../src/base/http.ts'
import { requestsOf, scenario } from './support/scenario.ts'

const setup = scenario()
const listening: Listening[] = []
afterAll(() => {
  for (const each of listening) each.close()
})

test('given up while connecting: the request is not written after all', async () => {
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
