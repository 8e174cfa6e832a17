import { createPublicKey, verify } from 'node:crypto'
import Fastify from 'fastify'
import { answers, kindOf } from './answers.mjs'

const { keys: [jwk] } = await (await fetch(`${process.env.AUTH0_DOMAIN}.well-known/jwks.json`)).json()
const key = createPublicKey({ key: jwk, format: 'jwk' })
const app = Fastify()

app.post('/mcp', (request, reply) => {
  const { headers, body } = answers[kindOf(request.headers)]
  reply.code(isSigned(request.headers.authorization ?? '') ? 200 : 401).headers(headers).send(body)
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })

// An orderly exit, for the sake of --cpu-prof.
process.once('SIGTERM', () => process.exit())

function isSigned (authorization) {
  const token = authorization.slice('Bearer '.length)
  const dot = token.lastIndexOf('.')
  return verify('RSA-SHA256', Buffer.from(token.slice(0, dot)), key, Buffer.from(token.slice(dot + 1), 'base64url'))
}
