import Fastify from 'fastify'
import { answers, kindOf } from './answers.mjs'

const app = Fastify()

app.post('/mcp', (request, reply) => {
  const { headers, body } = answers[kindOf(request.headers)]
  reply.headers(headers).send(body)
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })

// An orderly exit, for the sake of --cpu-prof.
process.once('SIGTERM', () => process.exit())
