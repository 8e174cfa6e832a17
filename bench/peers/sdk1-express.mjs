import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { neededScope, verifyAccessToken } from './verify.mjs'
import { description, inputSchema, name, outputSchema, title, whoami } from './whoami.mjs'

const verifier = {
  verifyAccessToken: token => verifyAccessToken(token, why => new InvalidTokenError(why))
}
const app = createMcpExpressApp()

app.post('/mcp', requireBearerAuth({ verifier, requiredScopes: [neededScope] }), async (req, res) => {
  const server = new McpServer({ name: 'peer', version: '1' })
  server.registerTool(name, { title, description, inputSchema, outputSchema }, (_input, { authInfo }) => whoami(authInfo))

  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true })
  res.on('close', () => {
    transport.close()
    server.close()
  })
  await server.connect(transport)
  await transport.handleRequest(req, res, req.body)
})
app.listen(Number(process.env.PORT), '127.0.0.1')
