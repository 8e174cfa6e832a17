import crypto from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const CACHE = new URL('../../../node_modules/.cache/rsa-keys/', import.meta.url)
const generate = crypto.generateKeyPairSync
let made = 0

/**
 * Gives the tests RSA keys from the disk: on Node 20 a new one takes 140 ms, and nearly every test process makes some. The
 * first key of a process is the first on the disk, and so on, so that the keys of a process differ. Only the usual keys
 * come from there: 2048 bits, and no other option.
 */
export function keepKeys () {
  crypto.generateKeyPairSync = function generateKeyPairSync (type, options) {
    const isUsual = type === 'rsa' && options?.modulusLength === 2048 && Object.keys(options).length === 1
    return isUsual ? keyOnDisk(made++) : generate(type, options)
  }
  syncBuiltinESMExports()
}

function keyOnDisk (index) {
  const file = new URL(`${index}.pem`, CACHE)
  try {
    const privateKey = crypto.createPrivateKey(readFileSync(file))
    return { privateKey, publicKey: crypto.createPublicKey(privateKey) }
  } catch {
    const pair = generate('rsa', { modulusLength: 2048 })
    const draft = new URL(`${file.href}.${process.pid}`)
    mkdirSync(CACHE, { recursive: true })
    writeFileSync(draft, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
    renameSync(draft, file)
    return pair
  }
}
