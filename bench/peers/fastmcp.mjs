import { FastMCP } from 'fastmcp'
import { neededScope, verifyAccessToken } from './verify.mjs'
import { description, inputSchema, name, outputSchema, whoami } from './whoami.mjs'

const server = new FastMCP({
  name: 'peer',
  version: '1.0.0',
  health: { enabled: false },
  authenticate
})

server.addTool({
  name,
  description,
  parameters: inputSchema,
  outputSchema,
  execute: async (_input, { session }) => whoami(session)
})

await server.start({
  transportType: 'httpStream',
  httpStream: { host: '127.0.0.1', port: Number(process.env.PORT), stateless: true, enableJsonResponse: true }
})

async function authenticate (request) {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ')
  if (scheme.toLowerCase() !== 'bearer' || !token) throw refuse()

  const caller = await verifyAccessToken(token, refuse)
  if (!caller.scopes.includes(neededScope)) throw forbid()
  return caller
}

function refuse () {
  return new Response('{"error":"invalid_token"}', {
    status: 401,
    headers: { 'content-type': 'application/json', 'www-authenticate': 'Bearer error="invalid_token"' }
  })
}

function forbid () {
  return new Response('{"error":"insufficient_scope"}', {
    status: 403,
    headers: { 'content-type': 'application/json', 'www-authenticate': `Bearer error="insufficient_scope", scope="${neededScope}"` }
  })
}
