// Loaded into a step with `--import`: looking a host name up takes LOOKUP_MILLISECONDS, or never ends. Then it occupies a
// thread of Node's, as a real one does, until somebody writes to the named pipe LOOKUP_PIPE.

import dns from 'node:dns'
import dnsPromises from 'node:dns/promises'
import { open } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { LOOKUP_MILLISECONDS, LOOKUP_PIPE } = process.env
const { lookup } = dnsPromises
const { setTimeout } = globalThis
const { getActiveResourcesInfo } = process

dnsPromises.lookup = async (...parameters) => {
  if (LOOKUP_PIPE) {
    process.getActiveResourcesInfo = () => [...getActiveResourcesInfo(), 'GetAddrInfoReqWrap']
    await new Promise((resolve) => open(LOOKUP_PIPE, resolve))
  }
  await new Promise((resolve) => setTimeout(resolve, Number(LOOKUP_MILLISECONDS)))
  return lookup(...parameters)
}
dns.lookup = (hostname, options, callback) => {
  const succeed = (found) => (options.all ? callback(null, found) : callback(null, found.address, found.family))
  dnsPromises.lookup(hostname, options).then(succeed, callback)
}
syncBuiltinESMExports()
