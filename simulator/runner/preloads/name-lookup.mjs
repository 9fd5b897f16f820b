// Loaded into a step with `--import`: looking a host name up takes LOOKUP_MILLISECONDS, or never ends. Then it occupies a
// thread of Node's, as a real one does, until somebody writes to the named pipe LOOKUP_PIPE.

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
