// Makes Terraform and the provider kislerdm/neon use the simulated Neon: installs the provider as from a registry and,
// since it connects only to console.neon.tech, starts a proxy that leads to the simulator.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProxy } from '../../simulator/proxy.ts'
import { generateCertificate, startTlsFront } from '../../simulator/tls.ts'
import { findExecutable } from './executables.ts'

/** `go install github.com/kislerdm/terraform-provider-neon@v0.13.0` installs the second. */
export const TERRAFORM = ['terraform', 'terraform-provider-neon']

const HOST = 'console.neon.tech'
/** Any version works: the configuration in shop/ does not require one. */
const VERSION = '0.0.1'
/** Terraform's name for this platform. */
const PLATFORM = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`

export interface TerraformWorld {
  env: Record<string, string>
  stop(): void
}

/** @param neonHost address of the simulated Neon */
export async function startTerraformWorld(neonHost: string, projectId: string): Promise<TerraformWorld> {
  const [, provider = ''] = TERRAFORM.map(findExecutable)
  const folder = mkdtempSync(join(tmpdir(), 'terraform-'))
  const place = join(folder, 'providers', 'registry.terraform.io', 'kislerdm', 'neon', VERSION, PLATFORM)
  mkdirSync(place, { recursive: true })
  cpSync(provider, join(place, `terraform-provider-neon_v${VERSION}`))
  const configuration = join(folder, 'terraformrc')
  writeFileSync(
    configuration,
    `provider_installation {\n  filesystem_mirror {\n    path = "${join(folder, 'providers')}"\n  }\n}\n`,
  )
  const certificate = await generateCertificate([HOST])
  const certificateFile = join(folder, 'certificate.pem')
  writeFileSync(certificateFile, certificate.cert)
  const front = await startTlsFront(certificate, () => neonHost)
  const proxy = await startProxy(new Map([[HOST, front.port]]))
  return {
    env: {
      TF_CLI_CONFIG_FILE: configuration,
      TF_VAR_project_id: projectId,
      CHECKPOINT_DISABLE: '1',
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      SSL_CERT_FILE: certificateFile,
    },
    stop() {
      proxy.close()
      front.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
