// toxiproxy cuts the first connection of main or post after a number of bytes of the request or the answer, or holds the
// create of a main that is killed, until post has looked for its key once.

import { connect, createServer } from 'node:net'
import { listen, tunnel } from '../../simulator/listening.ts'
import { startNeon } from '../../simulator/neon/server.ts'
import { preload } from '../../simulator/runner/preload.ts'
import { freePort, pathOf, start } from './programs.ts'
import type { Tally } from './tally.ts'

/** Bytes from one cut to the next. */
const STEP = 24
/** More bytes than a request or an answer has. */
const MOST = 600
/** Milliseconds until a held create goes on: after post's first look, before its second one 3 s later. */
const HELD = 2_500

export async function cutConnections(tally: Tally): Promise<void> {
  const toxiproxy = pathOf('toxiproxy')
  const { neon, host, close } = await startNeon()
  const neonPort = Number(new URL(host).port)
  const [api, cutting] = [await freePort(), await freePort()]
  const stop = await start(toxiproxy, ['-port', String(api), '-host', '127.0.0.1'], api)
  const post = async (path: string, body: object): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${api}${path}`, { method: 'POST', body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`toxiproxy: ${await response.text()}`)
  }
  await post('/proxies', { name: 'neon', listen: `127.0.0.1:${cutting}`, upstream: `127.0.0.1:${neonPort}` })
  const toxic = (toxic: object): Promise<void> => post('/proxies/neon/toxics', { name: 'only', ...toxic })

  let toCut = 0
  let killOnceSent: (() => void) | undefined
  const gate = await listen(
    createServer((socket) => {
      toCut -= 1
      if (killOnceSent) socket.once('data', killOnceSent)
      tunnel(socket, connect(toCut === 0 ? cutting : neonPort, '127.0.0.1'))
    }),
  )
  const gated = host.replace(String(neonPort), String(gate.port))
  await toxic({ type: 'latency', stream: 'upstream', attributes: { latency: HELD } })
  toCut = 1
  const what = 'main is killed, and toxiproxy holds its create until post has looked for it'
  await tally.live(neon, {
    what,
    host: gated,
    // A killed main says nothing.
    error: /^$/,
    onSpawn: (kill) => (killOnceSent = () => kill('SIGKILL')),
    between: () => (killOnceSent = undefined),
  })
  if (!neon.requests.some(({ operation }) => operation === 'createApiKey')) tally.faults.push(`${what}: no create`)

  const env = preload(['time-lapse'], { TIME_LAPSE: '4' })
  for (const stream of ['upstream', 'downstream']) {
    for (let bytes = 0; bytes < MOST; bytes += STEP) {
      for (const step of ['main', 'post']) {
        await fetch(`http://127.0.0.1:${api}/proxies/neon/toxics/only`, { method: 'DELETE' })
        await toxic({ type: 'limit_data', stream, attributes: { bytes } })
        toCut = step === 'main' ? 1 : 0
        const between = (): void => {
          toCut = step === 'post' ? 1 : 0
        }
        const what = `toxiproxy cuts the first ${stream} of ${step} after ${bytes} bytes`
        await tally.live(neon, { what, host: gated, env, between })
      }
    }
  }
  await stop()
  await gate.close()
  await close()
}
