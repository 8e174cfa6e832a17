import { createMcpFastifyApp } from '@modelcontextprotocol/fastify'
import { bearerAuthChallengeResponse, verifyBearerToken } from '@modelcontextprotocol/server'
import { serve, verifier } from './sdk2.mjs'
import { neededScope } from './verify.mjs'

const rules = { verifier, requiredScopes: [neededScope] }
const app = createMcpFastifyApp()

app.post('/mcp', {
  async onRequest (request, reply) {
    try {
      request.raw.auth = await verifyBearerToken(request.headers.authorization, rules)
    } catch (error) {
      const refusal = bearerAuthChallengeResponse(error, rules)
      reply.code(refusal.status).headers(Object.fromEntries(refusal.headers))
      return reply.send(await refusal.text())
    }
  },
  async handler (request, reply) {
    reply.hijack()
    await serve(request.raw, reply.raw, request.body)
  }
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
