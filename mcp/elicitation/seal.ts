import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Encrypts text that travels through the client. `binding` names its only use. */
export interface Sealer {
  seal (text: string, binding: string): string
  /** The text; undefined if it was not sealed with this secret and this binding. */
  open (sealed: string, binding: string): string | undefined
}

/** The shortest secret that a person may choose, in characters. */
export const MIN_SECRET_LENGTH = 32

const CIPHER = 'aes-256-gcm'
/** Bytes of the nonce in front, and of the authentication tag at the end. */
const NONCE = 12
const TAG = 16

/**
 * AES-256-GCM under a key derived from a secret.
 * @param secret shared by all processes that serve one endpoint; by default of this process alone
 */
export function createSealer (secret: string | Buffer = randomBytes(32)): Sealer {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'mcp request state', 32))

  return {
    seal (text, binding) {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(binding))
      return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64url')
    },
    open (sealed, binding) {
      const bytes = Buffer.from(sealed, 'base64url')
      // Node's decoder skips bad characters, so encode again and compare.
      if (bytes.length < NONCE + TAG || bytes.toString('base64url') !== sealed) return undefined
      try {
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE), { authTagLength: TAG })
        decipher.setAAD(Buffer.from(binding)).setAuthTag(bytes.subarray(-TAG))
        return decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        return undefined
      }
    }
  }
}
