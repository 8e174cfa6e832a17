import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** The file of a certificate for localhost, and of its key. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

/** Makes a certificate that signs itself and holds for an hour or so. */
export function makeCertificate (folder: string): Certificate {
  const [key, certificate] = [join(folder, 'mcp.example.com.key'), join(folder, 'mcp.example.com.pem')]
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate]
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`openssl: ${stderr}`)
  return { certificate, key }
}
