// TLS in front of a simulator, with a certificate that nobody trusts unless told to by NODE_EXTRA_CA_CERTS.

import { connect } from 'node:net'
import { createServer, type TlsOptions } from 'node:tls'
import { generate } from 'selfsigned'
import { type Listening, listen, tunnel } from './listening.ts'

/** A certificate and its private key, both PEM. */
export interface Certificate {
  private: string
  cert: string
}

/** A fresh certificate, its own authority, for these hosts; for a year from now unless told. */
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
 * A server that takes TLS off and hands on to a plain one.
 *
 * @param behind the address of the plain server, asked for each connection
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
