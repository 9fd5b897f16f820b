// TLS in front of a simulator, with a certificate that Node trusts only through NODE_EXTRA_CA_CERTS.

import { connect } from 'node:net'
import { createServer, type TlsOptions } from 'node:tls'
import { generate } from 'selfsigned'
import { type Listening, listen, tunnel } from './listening.ts'

/** A certificate and its private key, both PEM. */
export interface Certificate {
  private: string
  cert: string
}

/** A new self-signed certificate for these hosts; valid for a year by default. */
export function generateCertificate(
  hosts: string[],
  validity: { notBeforeDate?: Date; notAfterDate?: Date } = {},
): Promise<Certificate> {
  return generate([{ name: 'commonName', value: hosts[0] ?? '' }], {
    ...validity,
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2, value })) },
    ],
  })
}

/**
 * A server that terminates TLS and forwards to a plain one.
 *
 * @param behind returns the address of the plain server, for each connection
 */
export function startTlsFront(
  certificate: Certificate,
  behind: () => string,
  options: TlsOptions = {},
): Promise<Listening> {
  const server = createServer({ ...options, key: certificate.private, cert: certificate.cert }, (socket) => {
    tunnel(socket, connect(Number(new URL(behind()).port), '127.0.0.1'))
  })
  return listen(server)
}
