// Proxies and certificates, in main and post alike.

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import { type AddressInfo, connect, type Server as NetServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { startGithub } from '../simulator/github/server.ts'
import { type Certificate, generateCertificate, startTlsFront } from '../simulator/tls.ts'
import { errorsOf, scenario } from './support/scenario.ts'

const it = scenario()
const SWEEP = join(import.meta.dirname, '..', 'sweep', 'action.yml')

/** A host that only the proxy can find. */
const HOST = 'neon.example'
const GITHUB_HOST = 'github.example'

let certificate: Certificate
/** The port of the TLS server for each host. */
const fronts = new Map<string, number>()
let proxyPort: number
let proxied: string[] = []
let refuseTunnels = false
const servers: NetServer[] = []
const sockets = new Set<Socket>()

async function listen(server: Server): Promise<number> {
  servers.push(server)
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** The port of a TLS server in front of a simulator. */
async function startTls(simulator: () => string): Promise<number> {
  const { server, port } = await startTlsFront(certificate, simulator)
  server.on('connection', (socket) => sockets.add(socket))
  servers.push(server)
  return port
}

beforeAll(async () => {
  certificate = await generateCertificate([HOST, GITHUB_HOST, 'localhost'])
  // TLS in front of the simulator, and a proxy that leads the traffic of hosts that it alone knows to where they are.
  fronts.set(HOST, await startTls(() => it.host))
  const proxy = createServer((incoming, outgoing) => {
    proxied.push(`${incoming.method} ${incoming.url}`)
    const { method, headers } = incoming
    const onward = request(incoming.url ?? '', { ...(method && { method }), headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  }).on('connect', (incoming, socket: Socket) => {
    proxied.push(`CONNECT ${incoming.url}`)
    sockets.add(socket)
    if (refuseTunnels) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    const [host, port] = (incoming.url ?? '').split(':')
    const target = connect(fronts.get(host ?? '') ?? Number(port), '127.0.0.1')
    target.on('connect', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    socket.on('error', () => target.destroy())
    target.on('error', () => socket.destroy())
    socket.pipe(target).pipe(socket)
  })
  proxyPort = await listen(proxy)
})
afterEach(() => {
  proxied = []
  refuseTunnels = false
})
afterAll(() => {
  for (const server of servers) server.close()
  for (const socket of sockets) socket.destroy()
})

function trustingJob(env: Record<string, string>) {
  const job = it.job(env)
  const file = join(job.folder, 'certificate.pem')
  writeFileSync(file, certificate.cert)
  job.env.NODE_EXTRA_CA_CERTS = file
  return job
}

test.each(['HTTPS_PROXY', 'https_proxy'])('%s and NODE_EXTRA_CA_CERTS, in main and post', async (variable) => {
  const job = trustingJob({ [variable]: `http://127.0.0.1:${proxyPort}` })
  const main = await it.main(job, { api_host: `https://${HOST}/api/v2` })
  expect(errorsOf(main)).toEqual([])
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
  expect(proxied).toEqual([`CONNECT ${HOST}:443`, `CONNECT ${HOST}:443`])
  expect(it.neon.strangers()).toEqual([])
})

test('HTTP_PROXY', async () => {
  const job = it.job({ HTTP_PROXY: `http://127.0.0.1:${proxyPort}` })
  const main = await it.main(job)
  expect(errorsOf(main)).toEqual([])
  expect(proxied).toHaveLength(1)
})

test('the sweep asks Neon and GitHub through the proxy', async () => {
  const github = await startGithub()
  fronts.set(GITHUB_HOST, await startTls(() => github.host))
  try {
    await it.main(it.job({ GITHUB_RUN_ID: '500' }))
    github.runs.set('500', { id: '500', status: 'completed', attempt: 1 })
    const job = trustingJob({ HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` })
    const sweep = await job.uses(SWEEP, {
      with: { api_key: it.neon.adminKey, api_host: `https://${HOST}/api/v2`, github_token: github.token },
      env: { GITHUB_API_URL: `https://${GITHUB_HOST}` },
    })
    expect(errorsOf(sweep)).toEqual([])
    expect(sweep.outputs.revoked_count).toBe('1')
    expect(new Set(proxied)).toEqual(new Set([`CONNECT ${HOST}:443`, `CONNECT ${GITHUB_HOST}:443`]))
  } finally {
    await github.close()
  }
})

test('NO_PROXY', async () => {
  const job = trustingJob({ HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`, NO_PROXY: 'localhost' })
  const main = await it.main(job, { api_host: `https://localhost:${fronts.get(HOST)}/api/v2` })
  expect(errorsOf(main)).toEqual([])
  await job.end()
  expect(proxied).toEqual([])
  expect(it.neon.strangers()).toEqual([])
})

test('a certificate that is not trusted: no second try, and the error names NODE_EXTRA_CA_CERTS', async () => {
  const job = it.job({ NODE_EXTRA_CA_CERTS: '' })
  const main = await it.main(job, { api_host: `https://localhost:${fronts.get(HOST)}/api/v2` })
  expect(errorsOf(main)).toEqual([expect.stringMatching(/self-signed certificate.*NODE_EXTRA_CA_CERTS/)])
  expect(main.milliseconds).toBeLessThan(3_000)
  expect(it.neon.requests).toEqual([])
})

test.each([{}, { proxy: true }])(
  'NODE_TLS_REJECT_UNAUTHORIZED=0 does not send a key to whoever answers: %j',
  async ({ proxy = false }) => {
    const job = it.job({
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      ...(proxy && { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` }),
    })
    const main = await it.main(job, { api_host: `https://${proxy ? HOST : `localhost:${fronts.get(HOST)}`}/api/v2` })
    expect(errorsOf(main)).toEqual([expect.stringMatching(/self-signed certificate.*NODE_EXTRA_CA_CERTS/)])
    expect(it.neon.requests).toEqual([])
  },
)

test('a proxy that refuses: no second try, and the error says that it was the proxy', async () => {
  refuseTunnels = true
  const job = it.job({ HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` })
  const main = await it.main(job, { api_host: `https://${HOST}/api/v2` })
  expect(errorsOf(main)).toEqual([expect.stringMatching(/[Pp]roxy.*407/)])
  expect(proxied).toHaveLength(1)
  const [post] = await job.end()
  expect(post).toMatchObject({ exitCode: 0, log: ['No API key was created; there is nothing to revoke.'] })
})

test('a proxy whose address is none: no second try, and the error does not repeat it, since it may hold a password', async () => {
  const job = it.job({ HTTPS_PROXY: 'proxy.test:pass word' })
  const main = await it.main(job, { api_host: `https://${HOST}/api/v2` })
  expect(errorsOf(main)).toEqual([expect.stringMatching(/the proxy cannot be used.*HTTPS_PROXY/)])
  expect(main.stdout).not.toContain('pass word')
  const [post] = await job.end()
  expect(post).toMatchObject({ exitCode: 0, log: ['No API key was created; there is nothing to revoke.'] })
})
