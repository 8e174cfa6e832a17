import { readFileSync } from 'node:fs'
import t from 'tap'
import { loadConfig, type Config } from '../config.ts'
import { ConfigError } from '../settings.ts'

const AUTH0_DOMAIN = 'tenant.eu.auth0.com'

interface Row {
  /** What the variable becomes. */
  readonly read: (config: Config) => unknown
  readonly byDefault: unknown
  readonly accepted: ReadonlyArray<readonly [string, unknown]>
  /** Texts that are refused, and what the message says is expected. */
  readonly refused: ReadonlyArray<readonly [string, RegExp]>
  /** What else has to be set for these. */
  readonly env?: Record<string, string>
}

const notWhole = (expected: RegExp, ...out: string[]) => [...out, '1.5', 'x', '-1', '1e3', '0x10', '9999999999', '1 2', '٣'].map(text => [text, expected] as const)

const ROWS: Record<string, Row> = {
  AUTH0_AUDIENCE: {
    read: ({ claims }) => claims.audiences,
    byDefault: ['http://localhost:3000/mcp'],
    accepted: [['https://a.example/mcp', ['https://a.example/mcp']], [' a , b/ ,a,', ['a', 'b/']], ['urn:any:text', ['urn:any:text']]],
    refused: [[',', /at least one value/]]
  },
  MCP_RESOURCE_URL: {
    read: ({ resourceUrl }) => resourceUrl,
    byDefault: 'http://localhost:3000/mcp',
    accepted: ['https://mcp.example.com/mcp', 'https://mcp.example.com', 'https://mcp.example.com:8443/a/b_c.d~e', 'http://127.0.0.1:1/mcp', 'http://[::1]:1/mcp'].map(url => [url, url] as const),
    refused: [
      ['https://mcp.example.com/mcp/', /without a trailing slash, "https:\/\/mcp\.example\.com\/mcp"/], ['https://mcp.example.com/', /trailing slash/], ['https://mcp.example.com/mcp//', /"https:\/\/mcp\.example\.com\/mcp"/],
      ['http://mcp.example.com/mcp', /https:\/\//], ['https://mcp.example.com/mcp?a=1', /query/], ['https://mcp.example.com/mcp?', /query/], ['https://mcp.example.com/mcp#', /fragment/],
      ['https://user:secret@mcp.example.com/mcp', /user or password/], ['https://MCP.example.com/mcp', /canonical/], ['https://mcp.example.com:443/mcp', /canonical/], ['https://mcp.example.com/a/../mcp', /canonical/],
      ['mcp.example.com/mcp', /absolute URL/], ['/mcp', /absolute URL/], ['ftp://mcp.example.com/mcp', /absolute URL/], ['https://', /absolute URL/], ['https://mcp.example.com/:tool', /path of letters/], ['https://mcp.example.com/*', /path of letters/]
    ]
  },
  HOST: {
    read: ({ host }) => host,
    byDefault: '127.0.0.1',
    accepted: [['localhost', 'localhost'], ['::1', '::1'], ['0.0.0.0', '0.0.0.0'], ['127.0.0.2', '127.0.0.2'], ['my-host.internal', 'my-host.internal']],
    refused: [['[::1]', /brackets/], ['localhost:3000', /without port/], ['http://localhost', /host name/], ['a b', /host name/]],
    env: { MCP_RESOURCE_URL: 'https://mcp.example.com/mcp' }
  },
  PORT: {
    read: ({ port }) => port,
    byDefault: 3000,
    accepted: [['1', 1], ['65535', 65535], [' 8080 ', 8080]],
    refused: notWhole(/from 1 to 65535/, '0', '65536')
  },
  ALLOWED_HOSTS: {
    read: ({ allowedHosts }) => allowedHosts,
    byDefault: { exact: ['localhost:3000'], loopback: true },
    accepted: [['MCP.example.com,mcp.internal:8080', { exact: ['mcp.example.com', 'mcp.internal:8080'], loopback: false }]],
    refused: [['https://mcp.example.com', /Host header/], ['a/b', /Host header/], ['a b', /Host header/], ['a:99999', /Host header/]]
  },
  ALLOWED_ORIGINS: {
    read: ({ allowedOrigins }) => allowedOrigins,
    byDefault: { exact: ['http://localhost:3000'], loopback: true },
    accepted: [['https://app.example.com,null', { exact: ['https://app.example.com', 'null'], loopback: false }]],
    refused: [['https://app.example.com/', /an origin/], ['app.example.com', /an origin/], ['*', /an origin/], ['https://App.example.com', /an origin/], ['https://app.example.com:443', /an origin/]]
  },
  SCOPE_CLAIMS: choice(({ scopeClaims }) => scopeClaims, 'any', 'scope', 'permissions', 'all'),
  TOKEN_PROFILE: choice(({ claims }) => claims.tokenProfile, 'any', 'rfc9068'),
  LOG_LEVEL: { ...choice(({ logLevel }) => logLevel, 'fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'), byDefault: 'info' },
  CLOCK_TOLERANCE: whole(({ claims }) => claims.clockTolerance, 5, 0, 60),
  MAX_TOKEN_AGE: whole(({ claims }) => claims.maxTokenAge, undefined, 1, 2_592_000),
  JWKS_CACHE_TTL: whole(({ keys }) => keys.cacheTtl, 600, 1, 86_400),
  JWKS_COOLDOWN: whole(({ keys }) => keys.cooldown, 30, 1, 3600),
  JWKS_TIMEOUT: whole(({ keys }) => keys.timeout, 5, 1, 60),
  JWKS_MAX_STALE: whole(({ keys }) => keys.maxStale, 86_400, 0, 604_800),
  ALLOWED_CLIENTS: { read: ({ access }) => access.allowedClients, byDefault: undefined, accepted: [['a', ['a']], ['a, b', ['a', 'b']]], refused: [[',,', /at least one/]] },
  REQUIRED_ORG: { read: ({ access }) => access.requiredOrg, byDefault: undefined, accepted: [['org_1', ['org_1']]], refused: [[' , ', /at least one/]] },
  ALLOW_M2M: {
    read: ({ access }) => access.allowMachines,
    byDefault: true,
    accepted: [['true', true], ['false', false]],
    refused: ['1', 'yes', 'TRUE', 'off'].map(text => [text, /"true" or "false"/] as const)
  },
  TRUST_PROXY: {
    read: ({ trustProxy }) => trustProxy,
    byDefault: false,
    accepted: [['true', true], ['false', false], ['10.0.0.0/8, ::1,loopback', '10.0.0.0/8, ::1,loopback'], ['fd00::/128', 'fd00::/128']],
    refused: ['1', 'proxy.example.com', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/8/8', '/8', 'loopback/8', 'yes'].map(text => [text, /addresses and ranges/] as const)
  },
  WORKERS: {
    read: ({ workers }) => workers,
    byDefault: 1,
    accepted: [['1', 1], ['64', 64]],
    refused: notWhole(/from 1 to 64/, '0', '65')
  },
  RATE_LIMIT_MAX: absent('100'),
  RATE_LIMIT_WINDOW: absent('60'),
  REDIS_URL: absent('redis://localhost')
}

for (const [name, { read, byDefault, accepted, refused, env = {} }] of Object.entries(ROWS)) {
  const load = (text?: string): Config => loadConfig({ AUTH0_DOMAIN, ...env, ...(text !== undefined && { [name]: text }) })

  t.test(name, t => {
    if (env[name] === undefined) {
      t.strictSame(read(load()), byDefault, 'the default')
      t.strictSame(read(load('')), byDefault, 'an empty string counts as unset')
      t.strictSame(read(load('  ')), byDefault)
    }
    for (const [text, value] of accepted) t.strictSame(read(load(text)), value, text)
    for (const [text, expected] of refused) {
      const [problem, ...more] = problems(() => load(text))
      t.strictSame(more, [], 'one problem, one line')
      t.match(problem, `${name}: found ${JSON.stringify(text.trim())}, expected `, 'what was found')
      t.match(problem?.split(', expected ')[1], expected, 'what is expected')
    }
    t.end()
  })
}

t.test('AUTH0_DOMAIN A10', t => {
  const load = (text?: string) => loadConfig({ ...(text !== undefined && { AUTH0_DOMAIN: text }) }).issuers
  for (const text of [undefined, '', ' ']) t.match(problems(() => load(text)), [/^AUTH0_DOMAIN: not set, expected the domain of your tenant/])

  const accepted = {
    'tenant.eu.auth0.com': ['https://tenant.eu.auth0.com/'],
    'Tenant.EU.auth0.com/': ['https://tenant.eu.auth0.com/'],
    'https://tenant.eu.auth0.com': ['https://tenant.eu.auth0.com/'],
    'https://tenant.eu.auth0.com/': ['https://tenant.eu.auth0.com/'],
    'https://id.example.com/realm': ['https://id.example.com/realm/'],
    'http://localhost:4000': ['http://localhost:4000/'],
    'http://127.0.0.1:4000/': ['http://127.0.0.1:4000/'],
    'id.example.com, tenant.eu.auth0.com,https://id.example.com/': ['https://id.example.com/', 'https://tenant.eu.auth0.com/']
  }
  for (const [text, issuers] of Object.entries(accepted)) t.strictSame(load(text), issuers, text)

  const refused = ['http://tenant.eu.auth0.com/', 'https:/tenant.eu.auth0.com', 'https:tenant.eu.auth0.com', 'ftp://tenant.eu.auth0.com', 'https://a:b@tenant.eu.auth0.com/', 'a@tenant.eu.auth0.com', 'https://tenant.eu.auth0.com/?a', 'https://tenant.eu.auth0.com/#a', 'tenant.eu.auth0.com?a', 'a b', 'a,b c', '*.auth0.com', 'http://localhost.evil.example/', ',']
  for (const text of refused) t.match(problems(() => load(text)), [`AUTH0_DOMAIN: found ${JSON.stringify(text)}, expected `])
  t.end()
})

t.test('HOST that others can reach needs MCP_RESOURCE_URL', t => {
  t.match(problems(() => loadConfig({ AUTH0_DOMAIN, HOST: '0.0.0.0' })), [/^MCP_RESOURCE_URL: not set, expected the public URL of the MCP endpoint, since HOST is not a loopback address \("0\.0\.0\.0"\)$/])
  const config = loadConfig({ AUTH0_DOMAIN, HOST: '0.0.0.0', MCP_RESOURCE_URL: 'https://mcp.example.com/mcp' })
  t.match(config, { allowedHosts: { exact: ['mcp.example.com'], loopback: false }, allowedOrigins: { exact: ['https://mcp.example.com'], loopback: false }, claims: { audiences: ['https://mcp.example.com/mcp'] } })
  t.equal(loadConfig({ AUTH0_DOMAIN, PORT: '8080' }).resourceUrl, 'http://localhost:8080/mcp')
  t.end()
})

t.test('all problems are told at once, by name', t => {
  const error = thrown(() => loadConfig({ PORT: 'x', HOST: 'a b', SCOPE_CLAIMS: 'some', ALLOW_M2M: '1' }))
  t.type(error, ConfigError)
  for (const name of ['AUTH0_DOMAIN', 'PORT', 'HOST', 'SCOPE_CLAIMS', 'ALLOW_M2M']) t.match(error.message, `${name}: `)
  t.end()
})

t.test('every variable that is read is tested here', t => {
  const source = readFileSync(new URL('../config.ts', import.meta.url), 'utf8')
  const names = [...source.matchAll(/read(?:<[^(]*>)?\('(\w+)'/g)].map(([, name = '']) => name)
  const elsewhere = ['AUTH0_DOMAIN', 'WORKERS', 'STATE_SECRET']
  t.ok(names.length > 15)
  t.strictSame(names.filter(name => !(name in ROWS) && !elsewhere.includes(name)), [])
  t.end()
})

function choice (read: Row['read'], ...values: [string, ...string[]]): Row {
  const [byDefault] = values
  return { read, byDefault, accepted: values.map(value => [value, value] as const), refused: ['x', values[0].toUpperCase(), `${values[0]},`].map(text => [text, new RegExp(`"${values[0]}" or "`)] as const) }
}

function whole (read: Row['read'], byDefault: number | undefined, min: number, max: number): Row {
  return { read, byDefault, accepted: [[`${min}`, min], [`${max}`, max]], refused: notWhole(new RegExp(`whole number from ${min} to ${max}`), `${min - 1}`, `${max + 1}`) }
}

function absent (text: string): Row {
  return { read: () => undefined, byDefault: undefined, accepted: [], refused: [[text, /unset/]] }
}

function thrown (load: () => unknown): ConfigError {
  try {
    load()
  } catch (error) {
    return error as ConfigError
  }
  throw new Error('nothing was refused')
}

function problems (load: () => unknown): readonly string[] {
  return thrown(load).problems
}

t.test('STATE_SECRET is long, and is not shown when it is not', async t => {
  t.equal(loadConfig({ AUTH0_DOMAIN }).stateSecret, undefined)
  t.equal(loadConfig({ AUTH0_DOMAIN, STATE_SECRET: 'x'.repeat(32) }).stateSecret, 'x'.repeat(32))
  t.throws(() => loadConfig({ AUTH0_DOMAIN, STATE_SECRET: 'hush' }), { message: 'STATE_SECRET: found 4 characters, expected at least 32 characters' })
})
