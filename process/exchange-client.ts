import { createPrivateKey, type AsymmetricKeyDetails, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ExchangeClient } from '../api/token-exchange.ts'
import { isUnfilled, name } from './readers.ts'
import { Expected, type SettingsReader } from './settings.ts'

/**
 * The application that exchanges tokens of users (OBO_CLIENT_ID and its credentials); undefined where it is not set.
 * Incomplete settings are reported.
 */
export function readExchangeClient ({ isSet, read, report }: SettingsReader): ExchangeClient | undefined {
  const id = read<string | undefined>('OBO_CLIENT_ID', clientId, undefined)
  const secret = read<string | undefined>('OBO_CLIENT_SECRET', clientSecret, undefined)
  const key = read<KeyObject | undefined>('OBO_PRIVATE_KEY_FILE', privateKeyFile, undefined)

  const credentials = ['OBO_CLIENT_SECRET', 'OBO_PRIVATE_KEY_FILE'].filter(isSet)
  if (credentials.length === 2) report('OBO_PRIVATE_KEY_FILE: found it together with OBO_CLIENT_SECRET, expected one of the two')
  if (credentials.length > 0 && !isSet('OBO_CLIENT_ID')) report(`OBO_CLIENT_ID: not set, expected the application that ${credentials[0]} belongs to`)
  if (credentials.length === 0 && isSet('OBO_CLIENT_ID')) report('OBO_CLIENT_SECRET: not set, expected it, or OBO_PRIVATE_KEY_FILE, together with OBO_CLIENT_ID')
  const given = key !== undefined ? { key } : secret !== undefined ? { secret } : undefined
  return id !== undefined && given !== undefined ? { clientId: id, credentials: given } : undefined
}

/** The ID of one application. Auth0's are letters and digits, others may be URLs. */
function clientId (text: string): string | Expected {
  return /^[\x21-\x2b\x2d-\x7e]{1,256}$/.test(text) ? name(text) : new Expected('the ID of one application: up to 256 visible ASCII characters, without commas')
}

/** The client secret of an application. Another issuer than Auth0 may write it in any form, as one word. */
function clientSecret (text: string): string | Expected {
  if (isUnfilled(text)) return new Expected("the application's secret, without quotes and in place of the placeholder")
  return /^[\x21-\x7e]{16,}$/.test(text) ? text : new Expected("the application's secret: 16 or more visible ASCII characters")
}

/** The path of a PEM file, to the RSA key in it. */
function privateKeyFile (path: string): KeyObject | Expected {
  let pem
  try {
    pem = readFileSync(path)
  } catch (error) {
    return new Expected(`the path of a file that can be read (${(error as NodeJS.ErrnoException).code})`)
  }
  try {
    const key = createPrivateKey(pem)
    const { modulusLength = 0 } = key.asymmetricKeyDetails as AsymmetricKeyDetails
    if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048) return key
  } catch {
    // The errors of OpenSSL say nothing that helps.
  }
  return new Expected('a PEM file with an RSA private key of 2048 bits or more, without a passphrase')
}
