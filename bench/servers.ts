// The simulated Neon and GitHub in their own process, so that a benchmark does not measure them.

import { startGithub } from '../simulator/github/server.ts'
import { startNeon } from '../simulator/neon/server.ts'
import { generateCertificate, startTlsFront } from '../simulator/tls.ts'

const { neon, host } = await startNeon()
const github = await startGithub({ limit: Number.MAX_SAFE_INTEGER })
const certificate = await generateCertificate(['localhost'])
const { port } = await startTlsFront(certificate, () => host)
/** The message to the benchmark. */
const servers = {
  neonHost: host,
  /** The same over TLS, and the PEM of the certificate to trust. */
  neonTlsHost: host.replace(new URL(host).origin, `https://localhost:${port}`),
  certificate: certificate.cert,
  adminKey: neon.adminKey,
  githubHost: github.host,
  githubToken: github.token,
}
export type Servers = typeof servers
process.send?.(servers)
process.once('disconnect', () => process.exit())
