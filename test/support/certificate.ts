import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** Which certificate to make. */
export interface CertificateOptions {
  /** The host that the certificate is for. */
  readonly host: string
  /** Milliseconds since 1970. Default: for a day from now. */
  readonly expires?: number
}

const DAY = 86_400_000
const ECDSA_SHA256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')))
const COMMON_NAME = der(0x06, Buffer.from('550403', 'hex'))
const ALT_NAMES = der(0x06, Buffer.from('551d11', 'hex'))

/** A certificate that signs itself (X.509, RFC 5280 §4.1), and its key, both in PEM. Needs no openssl. */
export function makeCertificate ({ host, expires = Date.now() + DAY }: CertificateOptions): { readonly cert: string, readonly key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(host)))))
  const altNames = der(0x04, sequence(der(0x82, Buffer.from(host))))
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ECDSA_SHA256,
    name,
    sequence(time(expires - 2 * DAY), time(expires)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(ALT_NAMES, altNames)))
  )
  const signature = der(0x03, Buffer.of(0), sign('sha256', body, privateKey))
  return { cert: pem(sequence(body, ECDSA_SHA256, signature)), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }
}

function der (tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length = body.length < 0x80 ? Buffer.of(body.length) : Buffer.of(0x82, body.length >> 8, body.length & 0xff)
  return Buffer.concat([Buffer.of(tag), length, body])
}

function sequence (...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts)
}

function time (ms: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/\D/g, '')}Z`))
}

function pem (bytes: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`
}
