// Loaded into the suite's process by `--import`. The suite imports `globSync`, which Node 20 lacks and no server scenario
// uses. Its client of the older revisions always asks for 2025-11-25: CONFORMANCE_INITIALIZE makes it ask for another.
import fs from 'node:fs'
import { register } from 'node:module'

if (fs.globSync === undefined) register('./hooks.mjs', import.meta.url)

const version = process.env.CONFORMANCE_INITIALIZE
if (version) {
  const { fetch } = globalThis
  globalThis.fetch = (url, init) => fetch(url, init && { ...init, body: initializeWith(version, init.body) })
}

function initializeWith (version, body) {
  if (typeof body !== 'string' || !body.includes('"initialize"')) return body
  const message = JSON.parse(body)
  const isTheirClient = message.method === 'initialize' && message.params?.clientInfo?.name === 'conformance-test-client'
  return isTheirClient ? JSON.stringify({ ...message, params: { ...message.params, protocolVersion: version } }) : body
}
