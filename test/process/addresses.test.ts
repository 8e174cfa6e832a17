import t from 'tap'
import { loadConfig } from '../../config.ts'
import { AUTH0_DOMAIN, problems } from '../support/settings.ts'

t.test('needs MCP_RESOURCE_URL when others can reach HOST', t => {
  t.match(problems(() => loadConfig({ AUTH0_DOMAIN, HOST: '0.0.0.0' })), [/^MCP_RESOURCE_URL: not set, expected the public URL of the MCP endpoint, since HOST is not a loopback address \("0\.0\.0\.0"\)$/])
  const config = loadConfig({ AUTH0_DOMAIN, HOST: '0.0.0.0', MCP_RESOURCE_URL: 'https://mcp.example.com/mcp' })
  t.match(config, { allowedHosts: { exact: ['mcp.example.com'], loopback: false }, allowedOrigins: { exact: ['https://mcp.example.com'], loopback: false }, claims: { audiences: ['https://mcp.example.com/mcp'] } })
  t.equal(loadConfig({ AUTH0_DOMAIN, PORT: '8080' }).resourceUrl, 'http://localhost:8080/mcp')
  t.end()
})

t.test('accepts loopback names only if HOST and MCP_RESOURCE_URL are both loopback', async t => {
  for (const [HOST, MCP_RESOURCE_URL, isOpen] of [['127.0.0.1', 'http://127.0.0.1:3000/mcp', true], ['::1', 'http://localhost/mcp', true], ['127.0.0.1', 'https://mcp.example.com/mcp', false], ['localhost', 'https://localhost.example.com/mcp', false], ['0.0.0.0', 'http://localhost:3000/mcp', false]] as const) {
    const { allowedHosts, allowedOrigins } = loadConfig({ AUTH0_DOMAIN, HOST, MCP_RESOURCE_URL })
    t.strictSame([allowedHosts.loopback, allowedOrigins.loopback], [isOpen, isOpen], `${HOST}, ${MCP_RESOURCE_URL}`)
  }
})
