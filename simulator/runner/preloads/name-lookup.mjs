// Loaded into a step with `--import`: a host name lookup takes LOOKUP_MILLISECONDS, or never ends. In the latter case
// it blocks a thread of Node's pool, as a real lookup does, until something is written to the named pipe LOOKUP_PIPE.

import dns from 'node:dns'
import { open } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { LOOKUP_MILLISECONDS, LOOKUP_PIPE } = process.env
const { lookup } = dns
const { setTimeout } = globalThis
const { getActiveResourcesInfo } = process

dns.lookup = (...parameters) => {
  if (LOOKUP_PIPE) {
    process.getActiveResourcesInfo = () => [...getActiveResourcesInfo(), 'GetAddrInfoReqWrap']
    open(LOOKUP_PIPE, () => lookup(...parameters))
  } else setTimeout(() => lookup(...parameters), Number(LOOKUP_MILLISECONDS))
}
syncBuiltinESMExports()
