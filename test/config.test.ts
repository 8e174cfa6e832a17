import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig, type Config } from '../config.ts'
import { quotedValue } from '../process/quoted-value.ts'
import { ConfigError } from '../process/settings.ts'
import { ROOT } from './support/root.ts'
import { AUTH0_DOMAIN, problems, thrown } from './support/settings.ts'

const TEN_AND_SIX = Array.from({ length: 16 }, (_, i) => `c${i}`)

interface Row {
  /** Takes the variable's value from the configuration. */
  readonly read: (config: Config) => unknown
  readonly byDefault: unknown
  readonly accepted: ReadonlyArray<readonly [string, unknown]>
  /** Texts that are refused, with what the message expects. */
  readonly refused: ReadonlyArray<readonly [string, RegExp]>
  /** Other variables that these texts need. */
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
      ['https://user:secret@mcp.example.com/mcp', /user or password/], ['https://mcp.example.com/a/../mcp', /canonical form, "https:\/\/mcp\.example\.com\/mcp"/], ['https://mcp.example.com//mcp', /empty segment/],
      ['mcp.example.com/mcp', /absolute URL/], ['/mcp', /absolute URL/], ['ftp://mcp.example.com/mcp', /absolute URL/], ['https://', /absolute URL/], ['https://mcp.example.com/:tool', /path of letters/], ['https://mcp.example.com/*', /path of letters/]
    ]
  },
  HOST: {
    read: ({ host }) => host,
    byDefault: '127.0.0.1',
    accepted: [['localhost', '127.0.0.1'], ['LOCALHOST', '127.0.0.1'], ['::1', '::1'], ['0.0.0.0', '0.0.0.0'], ['127.0.0.2', '127.0.0.2'], ['my-host.internal', 'my-host.internal'],
      ...['223.255.255.255', '240.0.0.1', 'fe80::1%eth0', '::ffff:127.0.0.1', '::'].map(address => [address, address] as const)],
    refused: [['[::1]', /brackets/], ['localhost:3000', /without port/], ['http://localhost', /host name/], ['a b', /host name/],
      ...['224.0.0.1', '239.255.255.255', 'ff02::1', 'FF02::1%eth0', '::ffff:224.0.0.1', '255.255.255.255', '127.255.255.255'].map(address => [address, /an address that clients can connect to/] as const)],
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
    refused: [['https://mcp.example.com', /Host header/], ['a/b', /Host header/], ['a b', /commas/], ['a:99999', /Host header/]]
  },
  ALLOWED_ORIGINS: {
    read: ({ allowedOrigins }) => allowedOrigins,
    byDefault: { exact: ['http://localhost:3000'], loopback: true },
    accepted: [['https://app.example.com, null', { exact: ['https://app.example.com', 'null'], loopback: false }], ['null', { exact: ['null'], loopback: false }]],
    refused: [['https://app.example.com/', /an origin/], ['app.example.com', /an origin/], ['*', /wildcards/], ['https://App.example.com', /an origin/], ['https://app.example.com:443', /an origin/]]
  },
  SCOPE_CLAIMS: choice(({ scopeClaims }) => scopeClaims, 'any', 'scope', 'permissions', 'all'),
  CHALLENGE_SCOPES: choice(({ challengeScopes }) => challengeScopes, 'all', 'baseline'),
  LIST_TOOLS: choice(({ listTools }) => listTools, 'all', 'permitted'),
  TOKEN_PROFILE: choice(({ claims }) => claims.tokenProfile, 'any', 'rfc9068'),
  LOG_LEVEL: { ...choice(({ logLevel }) => logLevel, 'fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'), byDefault: 'info' },
  CLOCK_TOLERANCE: whole(({ claims }) => claims.clockTolerance, 5, 0, 60),
  MAX_TOKEN_AGE: whole(({ claims }) => claims.maxTokenAge, 2_592_000, 1, 2_592_000),
  JWKS_CACHE_TTL: whole(({ keys }) => keys.cacheTtl, 600, 1, 86_400),
  JWKS_COOLDOWN: whole(({ keys }) => keys.cooldown, 30, 1, 3600),
  JWKS_TIMEOUT: whole(({ keys }) => keys.timeout, 5, 1, 60),
  JWKS_MAX_STALE: whole(({ keys }) => keys.maxStale, 86_400, 0, 604_800),
  CALLER_CLAIMS: {
    read: ({ callerClaims }) => callerClaims,
    byDefault: [],
    accepted: [['plan', ['plan']], ['https://example.com/plan, email,plan,email', ['https://example.com/plan', 'email', 'plan']], [TEN_AND_SIX.join(), TEN_AND_SIX], ['https://example.com/token_quota', ['https://example.com/token_quota']]],
    refused: [
      [[...TEN_AND_SIX, 'x'].join(), /at most 16 names/], [',', /at least one value/], ['a b', /commas/], ['*', /names of claims, each of up to 256/], ['all', /a full name|a name/], [`ab${'cd'.repeat(128)}`, /up to 256/], ['"plan"', /without quotes/], ['a"b', /names of claims/], ['__proto__', /placeholder/], ['1', /names of claims/],
      ['act', /which tools have as caller\.actors/], ['a,sub', /caller\.subject/], ['scope', /caller\.scopes/], ['gty', /caller\.kind/], ['caller.claims.plan', /the name of the claim as the token has it/], ['cnf', /a token that has it is refused/], ['nonce', /is refused/],
      ...['constructor', 'prototype', 'toString', 'hasOwnProperty'].map(text => [text, /no object has by itself/] as const),
      ...['access_token', 'https://example.com/idp_access_token', 'idToken', 'refreshTokens', 'https://example.com/client_secret', 'password', 'https://example.com/apikey', 'https://example.com/api-key'].map(text => [text, /a token, a secret/] as const)
    ]
  },
  ALLOWED_CLIENTS: { read: ({ access }) => access.allowedClients, byDefault: undefined, accepted: [['a', ['a']], ['a, b', ['a', 'b']]], refused: [[',,', /at least one/]] },
  REQUIRED_ORG: { read: ({ access }) => access.requiredOrg, byDefault: undefined, accepted: [['org_1', ['org_1']]], refused: [[' , ', /at least one/]] },
  ALLOW_M2M: {
    read: ({ access }) => access.allowMachines,
    byDefault: true,
    accepted: [['true', true], ['false', false]],
    refused: ['1', 'yes', 'TRUE', 'off'].map(text => [text, /"true" or "false"/] as const)
  },
  LANDING_PAGE: {
    read: ({ landingPage }) => landingPage,
    byDefault: true,
    accepted: [['true', true], ['false', false]],
    refused: ['1', 'no', 'off'].map(text => [text, /"true" or "false"/] as const)
  },
  TRUST_PROXY: {
    read: ({ trustProxy }) => trustProxy,
    byDefault: false,
    accepted: [['true', true], ['false', false], ['10.0.0.0/8, ::1,loopback', '10.0.0.0/8, ::1,loopback'], ['fd00::/128', 'fd00::/128']],
    refused: ['1', 'proxy.example.com', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/8/8', '/8', 'loopback/8', 'yes'].map(text => [text, /addresses and ranges/] as const)
  },
  BODY_LIMIT: {
    read: ({ bodyLimit }) => bodyLimit,
    byDefault: 1_048_576,
    accepted: [['1', 1], ['104857600', 104_857_600]],
    refused: notWhole(/from 1 to 104857600/, '0', '104857601')
  },
  OUTPUT_LIMIT: {
    read: ({ outputLimit }) => outputLimit,
    byDefault: 4_194_304,
    accepted: [['1024', 1024], ['104857600', 104_857_600]],
    refused: notWhole(/from 1024 to 104857600/, '0', '1023', '104857601')
  },
  SHUTDOWN_DELAY: {
    read: ({ shutdown }) => shutdown.delay,
    byDefault: 0,
    accepted: [['0', 0], ['300', 300]],
    refused: notWhole(/from 0 to 300/, '-1', '301')
  },
  SHUTDOWN_GRACE: {
    read: ({ shutdown }) => shutdown.grace,
    byDefault: 10,
    accepted: [['0', 0], ['300', 300]],
    refused: notWhole(/from 0 to 300/, '-1', '301')
  },
  WORKERS: {
    read: ({ workers }) => workers,
    byDefault: 1,
    accepted: [['1', 1], ['64', 64]],
    refused: notWhole(/from 1 to 64/, '0', '65')
  },
  RATE_LIMIT_MAX: countOrOff(({ limits }) => limits.calls, 600),
  REFUSAL_LIMIT_MAX: countOrOff(({ limits }) => limits.refusals, 300),
  CONCURRENT_CALLS_MAX: countOrOff(({ limits }) => limits.concurrent, 16),
  METRICS_PORT: {
    read: ({ metrics }) => metrics?.port,
    byDefault: undefined,
    accepted: [['off', undefined], ['9464', 9464]],
    refused: [...notWhole(/from 1 to 65535, or "off"/, '0', '65536'), ['3000', /another port than PORT/]]
  },
  METRICS_HOST: { read: ({ metrics }) => metrics?.host, byDefault: undefined, accepted: [['127.0.0.1', undefined]], refused: [['a b', /an address or a host name/]] },
  RATE_LIMIT_WINDOW: {
    read: ({ limits }) => limits.window,
    byDefault: 60,
    accepted: [['1', 1], ['86400', 86_400]],
    refused: notWhole(/from 1 to 86400/, '0', '86401', 'off')
  },
  REDIS_REQUIRED: {
    read: ({ limits }) => limits.redis?.required,
    byDefault: false,
    accepted: [['true', true], ['false', false]],
    refused: ['yes', '1'].map(text => [text, /"true" or "false"/] as const),
    env: { REDIS_URL: 'redis://localhost' }
  }
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
      t.match(problem, `${name}: found ${quotedValue(name, text.trim())}, expected `, 'what was found')
      t.match(problem?.split(', expected ')[1], expected, 'what is expected')
    }
    t.end()
  })
}

t.test('names all problems in one error', t => {
  const error = thrown(() => loadConfig({ PORT: 'x', HOST: 'a b', SCOPE_CLAIMS: 'some', ALLOW_M2M: '1' }))
  t.type(error, ConfigError)
  for (const name of ['AUTH0_DOMAIN', 'PORT', 'HOST', 'SCOPE_CLAIMS', 'ALLOW_M2M']) t.match(error.message, `${name}: `)
  t.end()
})

t.test('this file has a row for every variable', t => {
  const source = ['config.ts', 'process/addresses.ts'].map(file => readFileSync(join(ROOT, file), 'utf8')).join('\n')
  const names = [...source.matchAll(/read(?:<[^(]*>)?\('(\w+)'/g)].map(([, name = '']) => name)
  const elsewhere = ['AUTH0_DOMAIN', 'STATE_SECRET', 'REDIS_URL']
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

function countOrOff (read: Row['read'], byDefault: number): Row {
  return {
    read,
    byDefault,
    accepted: [['1', 1], ['1000000', 1_000_000], ['off', undefined]],
    refused: notWhole(/from 1 to 1000000, or "off"/, '0', '1000001', 'OFF', 'false')
  }
}
