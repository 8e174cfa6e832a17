import { createServer } from 'node:http'
import { answers, kindOf } from './answers.mjs'

createServer((request, response) => {
  const chunks = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString())
    const { headers, body } = answers[kindOf(request.headers)]
    response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) })
    response.end(body)
  })
}).listen(Number(process.env.PORT), '127.0.0.1')

// An orderly exit, for the sake of --cpu-prof.
process.once('SIGTERM', () => process.exit())
