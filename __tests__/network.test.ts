// Proxies and certificates, in main and post alike.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SWEEP } from '../simulator/fixtures.ts'
import { startGithub } from '../simulator/github/server.ts'
import type { Listening } from '../simulator/listening.ts'
import { type ProxyServer, startProxy } from '../simulator/proxy.ts'
import { type Certificate, generateCertificate, startTlsFront } from '../simulator/tls.ts'
import { errorsOf, scenario } from './support/scenario.ts'

const setup = scenario()

/** A host that only the proxy can find. */
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

function trustingJob(env: Record<string, string>) {
  const job = setup.job(env)
  const file = join(job.folder, 'certificate.pem')
  writeFileSync(file, certificate.cert)
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

test('HTTP_PROXY alone serves https hosts, too', async () => {
  const job = trustingJob({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}` })
  const main = await setup.main(job, { api_host: `https://${HOST}/api/v2` })
  expect(errorsOf(main)).toEqual([])
  expect(proxy.requests).toHaveLength(1)
})

test('this machine itself is never reached through a proxy, in no step', async () => {
  const job = setup.job({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` })
  const main = await setup.main(job)
  expect(errorsOf(main)).toEqual([])
  expect((await job.end())[0]?.exitCode).toBe(0)
  expect(proxy.requests).toEqual([])
})

test('the sweep asks Neon and GitHub through the proxy', async () => {
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
  expect(main.milliseconds).toBeLessThan(3_000)
  expect(setup.neon.requests).toEqual([])
})

test.each([{}, { proxied: true }])(
  'NODE_TLS_REJECT_UNAUTHORIZED=0 does not send a key to whoever answers: %j',
  async ({ proxied = false }) => {
    const job = setup.job({
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      ...(proxied && { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }),
    })
    const main = await setup.main(job, { api_host: `https://${proxied ? HOST : `localhost:${front.port}`}/api/v2` })
    expect(errorsOf(main)).toEqual([expect.stringMatching(/self-signed certificate.*NODE_EXTRA_CA_CERTS/)])
    expect(setup.neon.requests).toEqual([])
  },
)

test('a proxy that refuses: no second try, and the error says that it was the proxy', async () => {
  proxy.refusesTunnels = true
  const job = setup.job({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` })
  const main = await setup.main(job, { api_host: `https://${HOST}/api/v2` })
  expect(errorsOf(main)).toEqual([expect.stringMatching(/[Pp]roxy.*407/)])
  expect(proxy.requests).toHaveLength(1)
  const [post] = await job.end()
  expect(post).toMatchObject({ exitCode: 0, log: ['No API key was created; there is nothing to revoke.'] })
})

test('a proxy whose address is none: no second try, and the error does not repeat it, since it may hold a password', async () => {
  const job = setup.job({ HTTPS_PROXY: 'proxy.test:pass word' })
  const main = await setup.main(job, { api_host: `https://${HOST}/api/v2` })
  expect(errorsOf(main)).toEqual([expect.stringMatching(/the proxy cannot be used.*HTTPS_PROXY/)])
  expect(main.stdout).not.toContain('pass word')
  const [post] = await job.end()
  expect(post).toMatchObject({ exitCode: 0, log: ['No API key was created; there is nothing to revoke.'] })
})
