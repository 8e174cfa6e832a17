import { createHash } from 'node:crypto'

/** The part of a client of Redis that this file needs. */
interface Sender {
  sendCommand<T> (args: readonly string[]): Promise<T>
}

/**
 * EVALSHA, or EVAL if Redis has not seen the script since its start.
 * @throws Error if the reply is not a number, since a Redis that answers so cannot be relied on
 */
export async function evaluate (client: Sender, script: string, keys: readonly string[], args: readonly string[]): Promise<number> {
  const reply = await send(client, script, keys, args)
  if (typeof reply !== 'number') throw new Error('its reply to a script is not a number')
  return reply
}

async function send (client: Sender, script: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
  const operands = [String(keys.length), ...keys, ...args]
  try {
    return await client.sendCommand(['EVALSHA', sha1(script), ...operands])
  } catch (error) {
    if (!/^NOSCRIPT/.test((error as Error).message)) throw error
    return await client.sendCommand(['EVAL', script, ...operands])
  }
}

const digests = new Map<string, string>()

function sha1 (script: string): string {
  let digest = digests.get(script)
  if (digest === undefined) {
    digest = createHash('sha1').update(script).digest('hex')
    digests.set(script, digest)
  }
  return digest
}
