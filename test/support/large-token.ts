import { build } from './build.ts'
import { listen } from './wire.ts'

// Runs in its own process, since Node fixes the longest header at its start.
const teardowns: Array<() => unknown> = []
const { app, issuer } = await build({ teardown: handler => teardowns.push(handler) })
const token = issuer.token({ 'https://example.com/roles': 'filling '.repeat(90_000 / 8) })
const response = await fetch(`http://localhost:${await listen(app)}/mcp`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
  body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami","arguments":{}}}'
})
console.log(JSON.stringify({ status: response.status, length: token.length, body: await response.text() }))
for (const teardown of teardowns) await teardown()
