// nginx between the action and Neon: it fails before Neon has acted and after, and it limits the rate.

import { startNeon } from '../../simulator/neon/server.ts'
import { freePort, pathOf, start, temporaryFolder, write } from './programs.ts'
import type { Tally } from './tally.ts'

const JOBS = 30

export async function throughGateways(tally: Tally): Promise<void> {
  const nginx = pathOf('nginx')
  const folder = temporaryFolder()
  const { neon, host, inject, close } = await startNeon()
  const upstream = new URL(host).host
  const [before, after, limiting, dead] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  const configuration = `daemon off; pid ${folder}/pid; error_log stderr crit; events {}
    http {
      access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
      limit_req_zone $server_name zone=neon:1m rate=10r/s; limit_req_status 429;
      # Every third request goes to a port on which nothing listens.
      upstream unsteady { server ${upstream} weight=2 max_fails=0; server 127.0.0.1:${dead} max_fails=0; }
      server { listen 127.0.0.1:${before}; location / { proxy_next_upstream off; proxy_pass http://unsteady; } }
      server { listen 127.0.0.1:${after}; location / { proxy_read_timeout 1s; proxy_pass http://${upstream}; } }
      server { listen 127.0.0.1:${limiting}; location / { limit_req zone=neon burst=5 nodelay; proxy_pass http://${upstream}; } }
    }`
  const stop = await start(nginx, ['-p', folder, '-c', write(folder, 'nginx.conf', configuration)], before)
  const at = (port: number): string => `http://127.0.0.1:${port}/api/v2`

  for (let life = 0; life < 6; life += 1) {
    await tally.live(neon, { what: 'nginx answers every third request 502', host: at(before) })
    // The next life starts at another position in the sequence.
    await fetch(at(before))
  }
  const late = { kind: 'delay', milliseconds: 2_000 } as const
  for (const operation of ['createApiKey', 'revokeApiKey'] as const) {
    inject({ operation, failure: late })
    await tally.live(neon, { what: `nginx answers 504 once Neon has carried out ${operation}`, host: at(after) })
  }
  await Promise.all(
    Array.from({ length: JOBS }, () => tally.live(neon, { what: 'nginx limits 30 jobs', host: at(limiting) })),
  )
  await stop()
  await close()
}
