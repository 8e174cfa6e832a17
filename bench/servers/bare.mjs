import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import Fastify from 'fastify'

// `node bare.mjs fastify|http|verify`: parses the body as JSON and sends the bytes and headers of a real server's answer.
const variants = { fastify, http, verify: fastifyWithVerify }
const answers = JSON.parse(readFileSync(process.env.BENCH_ANSWERS, 'utf8'))
const port = Number(process.env.PORT)

await variants[process.argv[2]]()

// An orderly exit writes the profile of --cpu-prof.
process.once('SIGTERM', () => process.exit())

async function fastify () {
  const app = Fastify()
  app.post('/mcp', (request, reply) => {
    const { headers, body } = answerTo(request.headers)
    reply.headers(headers).send(body)
  })
  await app.listen({ host: '127.0.0.1', port })
}

async function fastifyWithVerify () {
  const { keys: [jwk] } = await (await fetch(`${process.env.AUTH0_DOMAIN}.well-known/jwks.json`)).json()
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const app = Fastify()
  app.post('/mcp', (request, reply) => {
    const { headers, body } = answerTo(request.headers)
    reply.code(isSigned(request.headers.authorization ?? '', key) ? 200 : 401).headers(headers).send(body)
  })
  await app.listen({ host: '127.0.0.1', port })
}

function http () {
  createServer((request, response) => {
    const chunks = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      JSON.parse(Buffer.concat(chunks).toString())
      const { headers, body } = answerTo(request.headers)
      response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) })
      response.end(body)
    })
  }).listen(port, '127.0.0.1')
}

function answerTo (headers) {
  if (headers['mcp-method'] === 'tools/list') return answers.list
  return headers['mcp-method'] === undefined ? answers.legacy : answers.modern
}

function isSigned (authorization, key) {
  const token = authorization.slice('Bearer '.length)
  const dot = token.lastIndexOf('.')
  return verify('RSA-SHA256', Buffer.from(token.slice(0, dot)), key, Buffer.from(token.slice(dot + 1), 'base64url'))
}
