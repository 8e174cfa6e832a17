import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer, OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server'
import { verifyAccessToken } from './verify.mjs'
import { description, inputSchema, name, outputSchema, title, whoami } from './whoami.mjs'

const modern = toNodeHandler(createMcpHandler(createServer))

/** The SDK's way to ask who calls. */
export const verifier = {
  verifyAccessToken: token => verifyAccessToken(token, why => new OAuthError(OAuthErrorCode.InvalidToken, why))
}

/** Answers one request in its own era, each in the cheapest way that the SDK documents. */
export async function serve (req, res, body) {
  if (req.headers['mcp-protocol-version'] === '2026-07-28') return modern(req, res, body)

  const server = createServer()
  const transport = new NodeStreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true })
  res.on('close', () => {
    transport.close()
    server.close()
  })
  await server.connect(transport)
  await transport.handleRequest(req, res, body)
}

function createServer () {
  const server = new McpServer({ name: 'peer', version: '2' })
  server.registerTool(name, { title, description, inputSchema, outputSchema }, (_input, { http }) => whoami(http.authInfo))
  return server
}
