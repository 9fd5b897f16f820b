// What is wrong with a proxy, by the error of a request to a host behind it; network.test.ts tests the messages of the steps.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Server, Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { createServer as createTlsServer, setDefaultCACertificates } from 'node:tls'
import { type Listening, listen } from '../simulator/listening.ts'
import { type ProxyServer, startProxy } from '../simulator/proxy.ts'
import { type Certificate, generateCertificate } from '../simulator/tls.ts'
import { openHttp, TransportError } from '../src/base/http.ts'
import { refuseName } from '../src/base/names.ts'
import type { ProxySettings } from '../src/base/proxy-settings.ts'

const listening: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of listening.splice(0)) await each.close()
})

async function start(server: Server): Promise<Listening> {
  const started = await listen(server)
  listening.push(started)
  return started
}

const exchange = (proxies: Partial<ProxySettings>, url = 'https://neon.test/') =>
  openHttp({ https: '', http: '', no: '', ...proxies }).exchange({
    method: 'GET',
    url: new URL(url),
    headers: {},
    timeout: 5_000,
  })

/** The cause of the error of a request. */
async function causeOf(proxies: Partial<ProxySettings>, url?: string) {
  const error = await exchange(proxies, url).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(TransportError)
  expect(error.sent).toBe(false)
  return error.cause
}

/** The same with a proxy that does this with each connection. */
async function causeWith(act: (socket: Socket) => void) {
  const { port } = await start(createServer((socket) => act(socket.on('error', () => {}))))
  return causeOf({ https: `http://127.0.0.1:${port}` })
}

const NO_HTTP = 'the proxy cannot be used: no HTTP proxy listens at its address'
const ENDED = 'the proxy ended the connection'

test.each([
  [201, 'PROXY_REFUSED'],
  [302, 'PROXY_REFUSED'],
  [400, 'PROXY_REFUSED'],
  [403, 'PROXY_REFUSED'],
  [407, 'PROXY_REFUSED'],
  [408, 'PROXY_FAILED'],
  [425, 'PROXY_FAILED'],
  [429, 'PROXY_FAILED'],
  [499, 'PROXY_REFUSED'],
  [500, 'PROXY_FAILED'],
  [501, 'PROXY_REFUSED'],
  [502, 'PROXY_FAILED'],
  [503, 'PROXY_FAILED'],
  [504, 'PROXY_FAILED'],
])('a proxy that answers %i: %s', async (status, code) => {
  let closed: Promise<unknown> | undefined
  const cause = await causeWith((socket) => {
    closed = once(socket, 'close')
    socket.once('data', () => socket.write(`HTTP/1.1 ${status} Text\r\n\r\n`))
  })
  expect(cause).toMatchObject({ name: 'ProxyError', code, message: `the proxy answered ${status}` })
  await closed
})

describe('an address that cannot be used', () => {
  test.each([
    [{ https: 'proxy' }, 'HTTPS_PROXY is not a URL'],
    [{ https: 'proxy', http: 'socks5://proxy' }, 'HTTPS_PROXY is not a URL'],
    [{ http: 'proxy' }, 'HTTP_PROXY is not a URL'],
    [{ https: 'socks5://ada:secret@proxy' }, 'HTTPS_PROXY names a SOCKS proxy, but only HTTP proxies are supported'],
  ])('%j', async (proxies, fault) =>
    expect(await causeOf(proxies)).toMatchObject({
      code: 'PROXY_UNUSABLE',
      message: `the proxy cannot be used: ${fault}`,
    }),
  )

  test('has no effect on a host in NO_PROXY, nor that of HTTP_PROXY on https hosts if there is HTTPS_PROXY', async () => {
    refuseName('direct.test', new Error('connected directly'))
    const direct = await causeOf({ https: 'proxy', no: 'direct.test' }, 'https://direct.test')
    expect(direct).toEqual(new Error('connected directly'))
    const refuse = (socket: Socket) => socket.once('data', () => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'))
    const { port } = await start(createServer(refuse))
    const both = await causeOf({ https: `http://127.0.0.1:${port}`, http: 'proxy' })
    expect(both).toMatchObject({ message: 'the proxy answered 403' })
  })
})

describe('a server that is not an HTTP proxy', () => {
  const socks = (socket: Socket) =>
    socket.once('data', ([version]) => (version === 5 ? socket.write(Buffer.from([5, 0])) : socket.end()))

  test('a SOCKS 5 server; the second connection, which finds this out, is closed at once', async () => {
    const closed: Promise<unknown>[] = []
    const cause = await causeWith((socket) => {
      closed.push(once(socket, 'close'))
      socks(socket)
    })
    expect(cause).toMatchObject({ code: 'PROXY_UNUSABLE', message: NO_HTTP, cause: { code: 'UND_ERR_SOCKET' } })
    const before = performance.now()
    await Promise.all(closed)
    expect(closed).toHaveLength(2)
    expect(performance.now() - before).toBeLessThan(1_500)
  })

  const hasIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'))
  ;(hasIpv6 ? test : test.skip)('a SOCKS 5 server at an IPv6 address', async () => {
    const server = createServer(socks).listen(0, '::1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const cause = await causeOf({ https: `http://[::1]:${port}` })
    server.close()
    expect(cause).toMatchObject({ code: 'PROXY_UNUSABLE', message: NO_HTTP })
  })

  test.each(['ECONNRESET', 'EPIPE', 'ECONNABORTED'])(
    'a SOCKS 5 server, on a system that reports the end of a connection as %s',
    async (code) => {
      const clients: Socket[] = []
      const collect = (message: unknown) => void clients.push((message as { socket: Socket }).socket)
      subscribe('net.client.socket', collect)
      const end = () => clients[0]?.destroy(Object.assign(new Error('ended'), { code }))
      const cause = await causeWith((socket) =>
        socket.once('data', ([version]) => (version === 5 ? socket.write(Buffer.from([5, 0])) : end())),
      )
      unsubscribe('net.client.socket', collect)
      expect(cause).toMatchObject({ code: 'PROXY_UNUSABLE', message: NO_HTTP, cause: { code } })
    },
  )

  test.each([
    ['SSH', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['TLS', Buffer.from([0x15, 3, 3, 0, 2, 2, 10])],
  ])('one of %s', async (_protocol, answer) => {
    const cause = await causeWith((socket) => socket.once('data', () => socket.end(answer)))
    expect(cause).toMatchObject({ code: 'PROXY_UNUSABLE', message: NO_HTTP, cause: { name: 'HTTPParserError' } })
  })
})

describe('a proxy that may work later', () => {
  test('refuses the connection', async () => {
    const closed = await listen(createServer())
    await closed.close()
    expect(await causeOf({ https: `http://127.0.0.1:${closed.port}` })).toMatchObject({
      code: 'PROXY_FAILED',
      message: 'cannot connect to the proxy',
      cause: { code: 'ECONNREFUSED' },
    })
  })

  test.each<[string, (socket: Socket) => unknown, code: string]>([
    ['closes it', (socket) => socket.end(), 'UND_ERR_SOCKET'],
    ['resets it', (socket) => socket.resetAndDestroy(), 'ECONNRESET'],
    ['greets a SOCKS client with another version', (socket) => socket.end(Buffer.from([4, 0])), 'UND_ERR_SOCKET'],
  ])('%s', async (_case, act, code) => {
    const cause = await causeWith((socket) =>
      socket.once('data', (data) => (data[0] === 5 || code === 'ECONNRESET' ? act(socket) : socket.end())),
    )
    expect(cause).toMatchObject({ code: 'PROXY_FAILED', message: ENDED, cause: { code } })
  })

  test('closes it and listens no longer', async () => {
    const server: Server = createServer((socket) => {
      server.close()
      socket.once('data', () => socket.end())
    })
    const { port } = await listen(server)
    expect(await causeOf({ https: `http://127.0.0.1:${port}` })).toMatchObject({ code: 'PROXY_FAILED', message: ENDED })
  })

  test('closes it, and does not answer a SOCKS client within two seconds', async () => {
    const { setTimeout: inTime } = Socket.prototype
    const limits: unknown[] = []
    Socket.prototype.setTimeout = function (timeout, callback) {
      limits.push(timeout)
      return inTime.call(this, timeout / 100, callback)
    }
    try {
      const cause = await causeWith((socket) => socket.once('data', (data) => data[0] !== 5 && socket.end()))
      expect(cause).toMatchObject({ code: 'PROXY_FAILED', message: ENDED })
      expect(limits).toContain(2_000)
    } finally {
      Socket.prototype.setTimeout = inTime
    }
  })
})

describe('a proxy that works', () => {
  let certificate: Certificate
  let proxy: ProxyServer
  beforeAll(async () => {
    certificate = await generateCertificate(['neon.test', 'localhost'])
  })
  beforeEach(async () => {
    const { cert, private: key } = certificate
    const { port } = await start(createHttpsServer({ cert, key }, (_request, answer) => void answer.end('from Neon')))
    proxy = await startProxy(new Map([['neon.test', port]]))
    listening.push(proxy)
  })

  test.each(['https', 'http'])(
    'a request gets through, with the credentials of the address: only %s',
    async (which) => {
      setDefaultCACertificates([certificate.cert])
      const { body } = await exchange({ [which]: `http://ada:100%25@127.0.0.1:${proxy.port}` })
      expect(body).toBe('from Neon')
      expect(proxy.requests).toEqual(['CONNECT neon.test:443'])
      expect(proxy.credentials).toEqual([`Basic ${Buffer.from('ada:100%').toString('base64')}`])
    },
  )

  test.each(['proxy', 'host'])(
    'an untrusted certificate of the %s, even with NODE_TLS_REJECT_UNAUTHORIZED=0',
    async (whose) => {
      setDefaultCACertificates([])
      const { env } = process.getBuiltinModule('node:process')
      env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
      try {
        const { cert, private: key } = certificate
        const front = await start(createTlsServer({ cert, key }, (socket) => socket.end()))
        const https = whose === 'proxy' ? `https://localhost:${front.port}` : `http://127.0.0.1:${proxy.port}`
        const untrusted = { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }
        const cause = await causeOf({ https })
        expect(cause).toMatchObject(whose === 'proxy' ? { code: 'PROXY_FAILED', cause: untrusted } : untrusted)
      } finally {
        delete env.NODE_TLS_REJECT_UNAUTHORIZED
      }
    },
  )
})
