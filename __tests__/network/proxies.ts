// squid as in company networks: with user name and password, http:// and https://, and only it can resolve Neon's host.

import { startNeon } from '../../simulator/neon/server.ts'
import { generateCertificate, startTlsFront } from '../../simulator/tls.ts'
import { freePort, pathOf, start, temporaryFolder, write } from './programs.ts'
import type { Tally } from './tally.ts'

export async function throughProxies(tally: Tally): Promise<void> {
  const squid = pathOf('squid')
  const folder = temporaryFolder()
  const certificate = await generateCertificate(['neon.example', 'localhost'])
  const { neon, host: behind, close } = await startNeon()
  const front = await startTlsFront(certificate, () => behind)
  const [open, locked, tls] = [await freePort(), await freePort(), await freePort()]
  const cert = write(folder, 'certificate.pem', certificate.cert)
  const helper = write(
    folder,
    'users',
    '#!/bin/sh\nwhile read -r user; do case "$user" in "ada s"*"fe%25") echo OK;; *) echo ERR;; esac; done\n',
  )
  const configuration = [
    `http_port 127.0.0.1:${open} name=open`,
    `http_port 127.0.0.1:${locked}`,
    `https_port 127.0.0.1:${tls} tls-cert=${cert} tls-key=${write(folder, 'key.pem', certificate.private)} name=tls`,
    `hosts_file ${write(folder, 'hosts', '127.0.0.1 neon.example\n')}`,
    `auth_param basic program ${helper}`,
    'acl open myportname open tls',
    'acl known proxy_auth REQUIRED',
    'http_access allow open',
    'http_access allow known',
    'http_access deny all',
    'pid_filename none',
    'access_log none',
    'cache_log /dev/null',
    'cache deny all',
    'shutdown_lifetime 1 seconds',
  ]
  const file = write(folder, 'squid.conf', `${configuration.join('\n')}\n`)
  // Under a name of its own, besides another squid on this machine.
  const stop = await start(squid, ['-n', `network${process.pid}`, '-d', '1', '-N', '-f', file], open)
  const host = `https://neon.example:${front.port}/api/v2`
  const certificates = { NODE_EXTRA_CA_CERTS: cert }
  const through = (env: Record<string, string>, error?: RegExp) =>
    tally.live(neon, {
      what: `squid, ${JSON.stringify(env)}`,
      host: env.NO_PROXY ? host.replace('neon.example', 'localhost') : host,
      env: { ...certificates, ...env },
      ...(error && { error }),
    })

  const address = `http://127.0.0.1:${open}`
  const withUser = (user: string): string => `http://${user}@127.0.0.1:${locked}`
  await through({ HTTPS_PROXY: address })
  await through({ https_proxy: `http://localhost:${open}/` })
  await through({ HTTP_PROXY: address })
  await through({ http_proxy: address, HTTPS_PROXY: '' })
  await through({ HTTPS_PROXY: `https://localhost:${tls}` })
  await through({ HTTPS_PROXY: withUser('ada:s%40fe%25') })
  await through({ https_proxy: withUser('ada:s%40fe%25'), HTTPS_PROXY: 'http://127.0.0.1:9' })
  for (const later of [{ https_proxy: 'http://127.0.0.1:9' }, { https_proxy: '' }, { NO_PROXY: '*' }]) {
    const env = { ...certificates, HTTPS_PROXY: withUser('ada:s%40fe%25') }
    const what = `squid, and a later step sets ${JSON.stringify(later)}`
    await tally.live(neon, { what, host, env, postEnv: { ...env, ...later } })
  }
  for (const NO_PROXY of ['localhost', '*', 'neon.example,localhost', `localhost:${front.port}`]) {
    await through({ HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY })
  }
  const check = /Check HTTPS_PROXY/
  await through({ HTTPS_PROXY: withUser('ada:wrong') }, /proxy answered 407.*Check HTTPS_PROXY/)
  await through({ HTTPS_PROXY: `http://127.0.0.1:${locked}` }, /proxy answered 407/)
  await through({ HTTPS_PROXY: withUser('ada:s@fe%') }, /write %25/)
  await through({ HTTPS_PROXY: `https://127.0.0.1:${open}` }, check)
  await through({ HTTPS_PROXY: `http://127.0.0.1:${tls}` }, check)
  await through({ HTTPS_PROXY: `https://127.0.0.1:${tls}` }, /not in the cert's|does not match.*Check HTTPS_PROXY/)
  for (const scheme of ['socks', 'socks4', 'socks5', 'socks5h']) {
    await through({ HTTPS_PROXY: `${scheme}://127.0.0.1:${open}` }, check)
  }
  await stop()
  await front.close()
  await close()
}
