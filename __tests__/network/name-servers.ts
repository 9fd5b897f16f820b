// Name servers that do not answer, are slow or wrong, in a separate network namespace: `unshare` runs this file there.

import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startNeon } from '../../simulator/neon/server.ts'
import { generateCertificate, startTlsFront } from '../../simulator/tls.ts'
import { pathOf, start, temporaryFolder, write } from './programs.ts'
import { Tally } from './tally.ts'

const HOST = 'neon.example'
const RIGHT = `--address=/${HOST}/127.0.0.1`
const RESOLVER = '127.0.0.1'
const MUTE = ['127.0.0.2', '127.0.0.3']

const dnsmasq = pathOf('dnsmasq')
const folder = temporaryFolder()
const resolv = write(folder, 'resolv.conf', '')
execFileSync('ip', ['link', 'set', 'lo', 'up'])
execFileSync('mount', ['--bind', resolv, '/etc/resolv.conf'])
for (const address of MUTE) createSocket('udp4').bind(53, address)

const ask = (...lines: string[]): void => writeFileSync(resolv, `${lines.join('\n')}\n`)
const servers = (...addresses: string[]): string[] => addresses.map((address) => `nameserver ${address}`)
/** Starts the name server that answers. */
const answerWith = (...options: string[]) =>
  start(
    dnsmasq,
    [
      '--keep-in-foreground',
      '--no-resolv',
      '--no-hosts',
      '--pid-file=',
      // Stays what it is: an ordinary user's namespace has no other group.
      '--user=',
      '--group=',
      '--log-facility=-',
      '--bind-interfaces',
      `--listen-address=${RESOLVER}`,
      ...options,
    ],
    53,
  )

const certificate = await generateCertificate([HOST])
const { neon, host: behind } = await startNeon()
const front = await startTlsFront(certificate, () => behind)
const host = `https://${HOST}:${front.port}/api/v2`
const env = { NODE_EXTRA_CA_CERTS: write(folder, 'certificate.pem', certificate.cert) }
const tally = new Tally()

ask(...servers(RESOLVER))
for (const [what, ...wrong] of [
  ['knows no such host', '--address=/#/'],
  ['names an address where nobody listens', `--address=/${HOST}/127.0.0.9`],
]) {
  const stopWrong = await answerWith(...wrong)
  const correct = async () => {
    await sleep(3_000)
    await stopWrong()
    return answerWith(RIGHT)
  }
  const [stop] = await Promise.all([
    correct(),
    tally.live(neon, { what: `a name server that ${what} at first`, host, env }),
  ])
  await stop()
}

await answerWith(RIGHT)
ask(...servers(...MUTE, RESOLVER), 'options timeout:6')
await tally.live(neon, { what: 'a look-up of 12 s', host, env })

const domains = 'search one.example two.example three.example four.example'
ask(...servers(RESOLVER))
// The name server answers main, but no longer answers post.
const ready = new Set<string>()
const whenAllAre = async (one: string): Promise<void> => {
  ready.add(one)
  while (ready.size < 2) await sleep(50)
  ask(...servers(...MUTE), domains, 'options ndots:5')
}
const mutePosts = [
  { on_revoke_failure: 'fail', post: 1 },
  { on_revoke_failure: 'warn', post: 0 },
].map(({ post, ...inputs }) =>
  tally.live(neon, {
    what: `post with mute name servers, ${inputs.on_revoke_failure}`,
    host,
    env,
    inputs,
    post,
    annotation: /neon api-keys revoke/,
    between: () => whenAllAre(inputs.on_revoke_failure),
  }),
)
while (ready.size < 2) await sleep(50)
await sleep(200)
await tally.live(neon, { what: 'main with mute name servers', host, env, error: /Gave up/ })
await Promise.all(mutePosts)
process.send?.(tally, () => process.exit())
