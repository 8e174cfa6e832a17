import { createMcpExpressApp, requireBearerAuth } from '@modelcontextprotocol/express'
import { serve, verifier } from './sdk2.mjs'
import { neededScope } from './verify.mjs'

const app = createMcpExpressApp()

app.post('/mcp', requireBearerAuth({ verifier, requiredScopes: [neededScope] }), (req, res) => serve(req, res, req.body))
app.listen(Number(process.env.PORT), '127.0.0.1')
