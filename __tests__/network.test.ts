// Proxies, certificates, and other reasons why a connection fails, in main and post.

import { writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { TlsOptions } from 'node:tls'
import { SWEEP } from '../simulator/fixtures.ts'
import { startGithub } from '../simulator/github/server.ts'
import { type Listening, listen, tunnel } from '../simulator/listening.ts'
import { type ProxyServer, startProxy } from '../simulator/proxy.ts'
import { preload } from '../simulator/runner/preload.ts'
import { type Certificate, generateCertificate, startTlsFront } from '../simulator/tls.ts'
import { errorsOf, scenario } from './support/scenario.ts'

const setup = scenario()

/** A host that only the proxy can resolve. */
const HOST = 'neon.example'
const GITHUB_HOST = 'github.example'

let certificate: Certificate
let front: Listening
let proxy: ProxyServer
/** The port of the TLS server for each host. */
const fronts = new Map<string, number>()

beforeAll(async () => {
  certificate = await generateCertificate([HOST, GITHUB_HOST, 'localhost'])
  front = await startTlsFront(certificate, () => setup.host)
  fronts.set(HOST, front.port)
  proxy = await startProxy(fronts)
})
afterEach(() => {
  proxy.requests = []
  proxy.refusesTunnels = false
})
afterAll(() => {
  front.close()
  proxy.close()
})

function trustingJob(env: Record<string, string>, trusted = certificate) {
  const job = setup.job(env)
  const file = join(job.folder, 'certificate.pem')
  writeFileSync(file, trusted.cert)
  job.env.NODE_EXTRA_CA_CERTS = file
  return job
}

test.each(['HTTPS_PROXY', 'https_proxy'])('%s and NODE_EXTRA_CA_CERTS, in main and post', async (variable) => {
  const job = trustingJob({ [variable]: `http://127.0.0.1:${proxy.port}` })
  const main = await setup.main(job, { api_host: `https://${HOST}/api/v2` })
  expect(errorsOf(main)).toEqual([])
  const [post] = await job.end()
  expect(post?.exitCode).toBe(0)
  expect(proxy.requests).toEqual([`CONNECT ${HOST}:443`, `CONNECT ${HOST}:443`])
  expect(setup.neon.createdKeys()).toEqual([])
})

test('HTTP_PROXY also applies to https hosts if it is the only variable', async () => {
  const job = trustingJob({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}` })
  const main = await setup.main(job, { api_host: `https://${HOST}/api/v2` })
  expect(errorsOf(main)).toEqual([])
  expect(proxy.requests).toHaveLength(1)
})

test('no step uses a proxy for a loopback address', async () => {
  const job = setup.job({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` })
  const main = await setup.main(job)
  expect(errorsOf(main)).toEqual([])
  expect((await job.end())[0]?.exitCode).toBe(0)
  expect(proxy.requests).toEqual([])
})

test('the sweep connects to Neon and GitHub through the proxy', async () => {
  const github = await startGithub()
  const githubFront = await startTlsFront(certificate, () => github.host)
  fronts.set(GITHUB_HOST, githubFront.port)
  try {
    await setup.main(setup.job({ GITHUB_RUN_ID: '500' }))
    github.runs.set('500', { id: '500', status: 'completed', attempt: 1 })
    const job = trustingJob({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, GITHUB_API_URL: `https://${GITHUB_HOST}` })
    const sweep = await job.uses(SWEEP, {
      with: {
        api_key: setup.neon.adminKey,
        scope: 'personal',
        api_host: `https://${HOST}/api/v2`,
        github_token: github.token,
      },
    })
    expect(errorsOf(sweep)).toEqual([])
    expect(sweep.outputs.revoked_count).toBe('1')
    expect(new Set(proxy.requests)).toEqual(new Set([`CONNECT ${HOST}:443`, `CONNECT ${GITHUB_HOST}:443`]))
  } finally {
    githubFront.close()
    await github.close()
  }
})

test('NO_PROXY', async () => {
  const job = trustingJob({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: 'localhost' })
  const main = await setup.main(job, { api_host: `https://localhost:${front.port}/api/v2` })
  expect(errorsOf(main)).toEqual([])
  await job.end()
  expect(proxy.requests).toEqual([])
  expect(setup.neon.createdKeys()).toEqual([])
})

test('a certificate that is not trusted: no second try, and the error names NODE_EXTRA_CA_CERTS', async () => {
  const job = setup.job({ NODE_EXTRA_CA_CERTS: '' })
  const main = await setup.main(job, { api_host: `https://localhost:${front.port}/api/v2` })
  expect(errorsOf(main)).toEqual([expect.stringMatching(/self-signed certificate.*NODE_EXTRA_CA_CERTS/)])
  expect(main.log.filter((line) => line.includes('Trying again'))).toEqual([])
  expect(setup.neon.requests).toEqual([])
})

test.each([{}, { proxied: true }])('NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect: %j', async ({ proxied = false }) => {
  const job = setup.job({
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    ...(proxied && { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }),
  })
  const main = await setup.main(job, { api_host: `https://${proxied ? HOST : `localhost:${front.port}`}/api/v2` })
  expect(errorsOf(main)).toEqual([expect.stringMatching(/self-signed certificate.*NODE_EXTRA_CA_CERTS/)])
  expect(setup.neon.requests).toEqual([])
})

test('a proxy that refuses: no second try, and the error says that it was the proxy', async () => {
  proxy.refusesTunnels = true
  const job = setup.job({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` })
  const main = await setup.main(job, { api_host: `https://${HOST}/api/v2` })
  expect(errorsOf(main)).toEqual([expect.stringMatching(/the proxy answered 407/)])
  expect(proxy.requests).toHaveLength(1)
  const [post] = await job.end()
  expect(post).toMatchObject({ exitCode: 0, log: ['No API key was created; there is nothing to revoke.'] })
})

test('an invalid proxy URL: no second try, and the error does not repeat it, since it may contain a password', async () => {
  const job = setup.job({ HTTPS_PROXY: 'proxy.test:pass word' })
  const main = await setup.main(job, { api_host: `https://${HOST}/api/v2` })
  expect(errorsOf(main)).toEqual([expect.stringMatching(/the proxy cannot be used.*HTTPS_PROXY/)])
  expect(main.stdout).not.toContain('pass word')
  const [post] = await job.end()
  expect(post).toMatchObject({ exitCode: 0, log: ['No API key was created; there is nothing to revoke.'] })
})

/** Main stops at its first try, and post has nothing to do. */
async function expectStop(
  job: ReturnType<typeof setup.job>,
  api_host: string,
  message: RegExp | string,
): Promise<void> {
  const main = await setup.main(job, { api_host })
  expect(errorsOf(main)).toEqual([expect.stringMatching(message)])
  expect(main.log.filter((line) => line.includes('Trying again'))).toEqual([])
  const [post] = await job.end()
  expect(post).toMatchObject({ exitCode: 0, log: ['No API key was created; there is nothing to revoke.'] })
}

describe('a proxy that can never work: no second try, and the error says what is wrong with it', () => {
  const HOST_URL = `https://${HOST}/api/v2`

  test('a % in its password; the error does not repeat the password', async () => {
    const job = setup.job({ HTTPS_PROXY: `http://ada:100%safe@127.0.0.1:${proxy.port}` })
    await expectStop(
      job,
      HOST_URL,
      /HTTPS_PROXY has a % in its user name or password that does not start an escape such as %40; write %25/,
    )
    expect(job.steps[0]?.stdout).not.toContain('safe')
    expect(proxy.requests).toEqual([])
  })

  test.each(['socks', 'socks4', 'socks4a', 'socks5', 'socks5h', 'SOCKS5'])('%s://', (scheme) =>
    expectStop(
      setup.job({ HTTPS_PROXY: `${scheme}://127.0.0.1:${proxy.port}` }),
      HOST_URL,
      /HTTPS_PROXY names a SOCKS proxy, but only HTTP proxies are supported/,
    ),
  )

  test.each(['proxy.example:3128', 'ftp://proxy.example'])('%s', (address) =>
    expectStop(setup.job({ https_proxy: address }), HOST_URL, 'HTTPS_PROXY does not start with http:// or https://'),
  )

  test('https:// for one that does not speak TLS', () =>
    expectStop(
      setup.job({ HTTPS_PROXY: `https://127.0.0.1:${proxy.port}` }),
      HOST_URL,
      /The server does not use TLS. Check HTTPS_PROXY.*https:\/\/ should be http:\/\//,
    ))

  test.each(['http', 'https'])('%s:// for a SOCKS server', async (scheme) => {
    const socks = await listen(
      createServer((socket) => {
        socket.on('error', () => {}).once('data', ([version]) => socket.end(version === 5 ? '\x05\0' : ''))
      }),
    )
    const job = setup.job({ HTTPS_PROXY: `${scheme}://localhost:${socks.port}` })
    await expectStop(job, HOST_URL, /no HTTP proxy listens at its address.*Check HTTPS_PROXY/)
    await socks.close()
  })

  test('its certificate is for another host; the error says for which', async () => {
    const other = await generateCertificate(['other.example'])
    const tlsProxy = await startTlsFront(other, () => `http://127.0.0.1:${proxy.port}`)
    const job = trustingJob({ HTTPS_PROXY: `https://localhost:${tlsProxy.port}` }, other)
    await expectStop(job, HOST_URL, /localhost.*other\.example.*Check HTTPS_PROXY/)
    await tlsProxy.close()
  })

  test('if NO_PROXY names the host, no proxy is used', async () => {
    const job = trustingJob({ HTTPS_PROXY: 'socks5://127.0.0.1:1080', NO_PROXY: 'localhost' })
    expect(errorsOf(await setup.main(job, { api_host: `https://localhost:${front.port}/api/v2` }))).toEqual([])
  })
})

test('a proxy that ends the connection without an answer, and is no SOCKS server, is asked again', async () => {
  let refusals = 2
  const flaky = await listen(
    createServer((socket: Socket) => {
      refusals -= 1
      if (refusals >= 0) socket.on('error', () => {}).once('data', () => socket.end())
      else tunnel(socket, connect(proxy.port, '127.0.0.1'))
    }),
  )
  const job = trustingJob({ HTTPS_PROXY: `http://127.0.0.1:${flaky.port}` })
  const main = await setup.main(job, { api_host: `https://${HOST}/api/v2` })
  expect(errorsOf(main)).toEqual([])
  expect(main.log[0]).toMatch(/the proxy ended the connection.*Trying again/)
  await flaky.close()
})

describe('a connection that cannot succeed: no second try, and the error says why', () => {
  const YEAR = 365 * 24 * 3_600_000

  test.each<[string, RegExp | string, TlsOptions]>([
    [
      'TLS 1.1',
      /The server does not support TLS 1.2 or newer/,
      { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' },
    ],
    ['HTTP/2 only', 'The server does not support HTTP/1.1. Check api_host', { ALPNProtocols: ['h2'] }],
  ])('%s', async (_what, message, options) => {
    const odd = await startTlsFront(certificate, () => setup.host, options)
    await expectStop(trustingJob({}), `https://localhost:${odd.port}/api/v2`, message)
    await odd.close()
  })

  // TLS's fatal alerts unrecognized_name and certificate_required.
  test.each([
    [112, /The server does not know this host name. Check api_host/],
    [116, /The server requires a client certificate. Check api_host/],
  ])('TLS alert %i', async (alert, message) => {
    const answer = Buffer.from([0x15, 3, 3, 0, 2, 2, alert])
    const strict = await listen(createServer((socket) => socket.once('data', () => socket.end(answer))))
    await expectStop(setup.job(), `https://localhost:${strict.port}/api/v2`, message)
    await strict.close()
  })

  test('a server that does not speak HTTP', async () => {
    const ssh = await listen(createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.9\r\n')))
    const main = await setup.main(setup.job(), { api_host: `http://127.0.0.1:${ssh.port}/api/v2` })
    expect(errorsOf(main)).toEqual([
      expect.stringMatching(/The server does not support HTTP\/1.1|for the second time.*check api_host/),
    ])
    await ssh.close()
  })

  test.each([
    ['expired', { notBeforeDate: new Date(Date.now() - 2 * YEAR), notAfterDate: new Date(Date.now() - YEAR) }],
    ['not yet valid', { notBeforeDate: new Date(Date.now() + YEAR) }],
  ])("a certificate that is %s: the error says this machine's date", async (what, validity) => {
    const stale = await generateCertificate(['localhost'], validity)
    const odd = await startTlsFront(stale, () => setup.host)
    const message = new RegExp(`certificate .*${what}.*The clock of this machine says ${new Date().getUTCFullYear()}-`)
    await expectStop(trustingJob({}, stale), `https://localhost:${odd.port}/api/v2`, message)
    await odd.close()
  })

  test('a certificate for another host: the error says for which', async () => {
    const other = await generateCertificate(['other.example'])
    const odd = await startTlsFront(other, () => setup.host)
    const message = /localhost.*other\.example.*The certificate is for another host name. Check api_host/
    await expectStop(trustingJob({}, other), `https://localhost:${odd.port}/api/v2`, message)
    await odd.close()
  })
})

test.each([
  ['ten years behind', -10 * 365.25 * 24],
  ['ten years ahead', 10 * 365.25 * 24],
  ['five minutes behind', -1 / 12],
  ['five minutes ahead', 1 / 12],
])("a machine's clock that is %s: the wait for Neon's Retry-After date is correct", async (_how, hours) => {
  const headers = () => ({ date: new Date().toUTCString(), 'retry-after': new Date(Date.now() + 2_000).toUTCString() })
  setup.inject({
    operation: 'createApiKey',
    failure: { kind: 'status', status: 503, applied: false, headers: headers() },
  })
  const env = preload(['wrong-clock'], { CLOCK_ERROR: String(hours * 3_600_000) })
  const { main, post } = await setup.life({}, { env })
  expect(main.exitCode).toBe(0)
  expect(main.log[0]).toMatch(/Trying again in [1-3]\.\d s/)
  expect(post.exitCode).toBe(0)
})
