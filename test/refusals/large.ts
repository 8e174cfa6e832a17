import { build } from '../helper.ts'
import { listen } from '../wire.ts'

// Run in a process of its own: how long a header may be is settled when Node starts.
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
