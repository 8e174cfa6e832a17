// Placeholders of shells and templates are plain text here.
/* eslint-disable no-template-curly-in-string */
import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig, type Config } from '../config.ts'
import { found } from '../process/found.ts'
import { ConfigError } from '../process/settings.ts'
import { ROOT } from './support/root.ts'

const AUTH0_DOMAIN = 'tenant.eu.auth0.com'
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
    accepted: [['localhost', '127.0.0.1'], ['LOCALHOST', '127.0.0.1'], ['::1', '::1'], ['0.0.0.0', '0.0.0.0'], ['127.0.0.2', '127.0.0.2'], ['my-host.internal', 'my-host.internal']],
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
      t.match(problem, `${name}: found ${found(name, text.trim())}, expected `, 'what was found')
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
  for (const text of refused) t.match(problems(() => load(text)), [`AUTH0_DOMAIN: found ${JSON.stringify(text.replace('a:b@', '…@'))}, expected `])
  t.end()
})

t.test('REDIS_URL is a URL of Redis, and no message shows its password', async t => {
  const load = (text: string) => loadConfig({ AUTH0_DOMAIN, REDIS_URL: text })
  for (const text of ['', ' ']) t.equal(load(text).limits.redis, undefined)
  for (const text of ['redis://localhost', 'redis://10.0.0.1:6379/2', 'rediss://user:p%40ss@redis.example.com:6380/', 'redis://:hunter2@[::1]:1']) t.strictSame(load(` ${text} `).limits.redis, { url: text, required: false })
  for (const text of ['localhost:6379', 'http://localhost:6379', 'redis:localhost', 'redis://', 'redis://host:99999', 'redis://host/a', 'redis://host/0?db=1', 'redis://host/#x', 'redis://:hunter2%zz@host', 'redis://:hunter2@', '"redis://host"', '$REDIS_URL']) {
    const [problem = '', ...more] = problems(() => load(text))
    t.match(problem, `REDIS_URL: found ${text.length} characters, expected a URL such as "redis://host:6379"`, text)
    t.notMatch(problem, 'hunter2')
    t.strictSame(more, [])
  }
  t.match(problems(() => loadConfig({ AUTH0_DOMAIN, REDIS_REQUIRED: 'true' })), ['REDIS_REQUIRED: found "true", expected it only together with REDIS_URL'])
})

t.test('OBO_CLIENT_ID comes with a secret or with a private key', async t => {
  const load = (env: Record<string, string>) => loadConfig({ AUTH0_DOMAIN, ...env }).exchangeClient
  const pem = (key: KeyObject, cipher = {}): string => String(key.export({ type: 'pkcs8', format: 'pem', ...cipher }))
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const folder = t.testdir({
    good: pem(privateKey),
    short: pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
    elliptic: pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    encrypted: pem(privateKey, { cipher: 'aes-256-cbc', passphrase: 'a' }),
    text: 'hunter2'
  })
  const secret = 'hunter2-hunter2-hunter2'
  t.equal(load({ OBO_CLIENT_ID: ' ', OBO_CLIENT_SECRET: '' }), undefined)
  t.strictSame(load({ OBO_CLIENT_ID: 'a', OBO_CLIENT_SECRET: secret }), { clientId: 'a', credentials: { secret } })
  t.match(load({ OBO_CLIENT_ID: 'a', OBO_PRIVATE_KEY_FILE: `${folder}/good` }), { clientId: 'a', credentials: { key: { type: 'private' } } })

  const rows: ReadonlyArray<readonly [Record<string, string>, RegExp]> = [
    [{ OBO_CLIENT_ID: 'a' }, /^OBO_CLIENT_SECRET: not set, expected it, or OBO_PRIVATE_KEY_FILE/],
    [{ OBO_CLIENT_SECRET: secret }, /^OBO_CLIENT_ID: not set, expected the application that OBO_CLIENT_SECRET belongs to/],
    [{ OBO_PRIVATE_KEY_FILE: `${folder}/good` }, /^OBO_CLIENT_ID: not set, .*OBO_PRIVATE_KEY_FILE belongs to/],
    [{ OBO_CLIENT_ID: 'a', OBO_CLIENT_SECRET: secret, OBO_PRIVATE_KEY_FILE: `${folder}/good` }, /^OBO_PRIVATE_KEY_FILE: found it together with OBO_CLIENT_SECRET/],
    [{ OBO_CLIENT_ID: '*', OBO_CLIENT_SECRET: secret }, /^OBO_CLIENT_ID: found "\*"/],
    [{ OBO_CLIENT_ID: 'a,b', OBO_CLIENT_SECRET: secret }, /^OBO_CLIENT_ID: found "a,b", expected the ID of one application/],
    [{ OBO_CLIENT_ID: 'a b', OBO_CLIENT_SECRET: secret }, /^OBO_CLIENT_ID: found "a b", expected the ID of one application/],
    [{ OBO_CLIENT_ID: 'a', OBO_PRIVATE_KEY_FILE: '-----BEGIN PRIVATE KEY----- hunter2' }, /^OBO_PRIVATE_KEY_FILE: found 35 characters, expected the path of a file/],
    [{ OBO_CLIENT_ID: 'a', OBO_PRIVATE_KEY_FILE: 'hunter2'.repeat(26) }, /^OBO_PRIVATE_KEY_FILE: found 182 characters, expected the path of a file/],
    [{ OBO_CLIENT_ID: 'a', OBO_PRIVATE_KEY_FILE: 'hunter2'.repeat(60) }, /^OBO_PRIVATE_KEY_FILE: found 420 characters, expected the path of a file/],
    ...[`"${secret}"`, 'YOUR_CLIENT_SECRET', 'your-secret-goes-here', '${CLIENT_SECRET_OF_X}'].map(text => [{ OBO_CLIENT_ID: 'a', OBO_CLIENT_SECRET: text }, /^OBO_CLIENT_SECRET: found \d+ characters, expected .*without quotes and in place of the placeholder/] as const),
    [{ OBO_CLIENT_ID: 'a', OBO_CLIENT_SECRET: 'hunter2' }, /^OBO_CLIENT_SECRET: found 7 characters, expected the application's secret/],
    [{ OBO_CLIENT_ID: 'a', OBO_CLIENT_SECRET: 'hunter2 hunter2 hunter2' }, /^OBO_CLIENT_SECRET: found 23 characters/],
    [{ OBO_CLIENT_ID: 'a', OBO_PRIVATE_KEY_FILE: `${folder}/none` }, /^OBO_PRIVATE_KEY_FILE: found .*can be read \(ENOENT\)/],
    ...['short', 'elliptic', 'encrypted', 'text'].map(name => [{ OBO_CLIENT_ID: 'a', OBO_PRIVATE_KEY_FILE: `${folder}/${name}` }, /^OBO_PRIVATE_KEY_FILE: found .*RSA private key of 2048 bits/] as const)
  ]
  for (const [env, message] of rows) {
    const found = problems(() => load(env))
    t.match(found, [message], JSON.stringify(env))
    t.equal(found.length, 1)
    t.notMatch(found.join(), 'hunter2')
  }
})

t.test('needs MCP_RESOURCE_URL when others can reach HOST', t => {
  t.match(problems(() => loadConfig({ AUTH0_DOMAIN, HOST: '0.0.0.0' })), [/^MCP_RESOURCE_URL: not set, expected the public URL of the MCP endpoint, since HOST is not a loopback address \("0\.0\.0\.0"\)$/])
  const config = loadConfig({ AUTH0_DOMAIN, HOST: '0.0.0.0', MCP_RESOURCE_URL: 'https://mcp.example.com/mcp' })
  t.match(config, { allowedHosts: { exact: ['mcp.example.com'], loopback: false }, allowedOrigins: { exact: ['https://mcp.example.com'], loopback: false }, claims: { audiences: ['https://mcp.example.com/mcp'] } })
  t.equal(loadConfig({ AUTH0_DOMAIN, PORT: '8080' }).resourceUrl, 'http://localhost:8080/mcp')
  t.end()
})

t.test('repeats a wrong value without passwords and hidden characters, and cut', t => {
  for (const [text, shown] of [
    ['https://ann:hunter2@tenant.example/', '"https://…@tenant.example/"'],
    ['a.example,https://ann:hun/ter2@b.example', '"a.example,https://…@b.example"'],
    ['ann:hunter2@tenant.example', '"…@tenant.example"'],
    ['a\u202E\u2028\u{E0041}', '"a\\u{202e}\\u{2028}\\u{e0041}"'],
    [`${'a'.repeat(300)} b`, `"${'a'.repeat(256)}…"`]
  ] as const) t.match(problems(() => loadConfig({ AUTH0_DOMAIN: text })), [`AUTH0_DOMAIN: found ${shown}, expected `], shown)
  t.end()
})

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

// Placeholders that people leave in settings of names, hosts and URLs.
const TEXTS = ['AUTH0_DOMAIN', 'AUTH0_AUDIENCE', 'MCP_RESOURCE_URL', 'HOST', 'ALLOWED_HOSTS', 'ALLOWED_ORIGINS', 'ALLOWED_CLIENTS', 'REQUIRED_ORG', 'TRUST_PROXY', 'LOG_LEVEL', 'PORT'] as const
const GOOD: Readonly<Record<string, string>> = {
  AUTH0_DOMAIN: 'tenant.eu.auth0.com', AUTH0_AUDIENCE: 'https://mcp.example.com/mcp', MCP_RESOURCE_URL: 'https://mcp.example.com/mcp', HOST: '127.0.0.1', ALLOWED_HOSTS: 'mcp.example.com', ALLOWED_ORIGINS: 'https://app.example.com', ALLOWED_CLIENTS: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja', REQUIRED_ORG: 'org_Xy1234567890', TRUST_PROXY: '10.0.0.0/8', LOG_LEVEL: 'info', PORT: '3000'
}
const LISTS = ['AUTH0_DOMAIN', 'AUTH0_AUDIENCE', 'ALLOWED_HOSTS', 'ALLOWED_ORIGINS', 'ALLOWED_CLIENTS', 'REQUIRED_ORG'] as const

function only (variable: string, value: string): string {
  const [problem = '', ...more] = problems(() => loadConfig({ ...GOOD, [variable]: value }))
  if (more.length > 0) throw new Error(`more than one problem: ${more.join('\n')}`)
  return problem
}

t.test('F-C1 refuses quotes around any value', async t => {
  for (const variable of TEXTS) {
    const good = GOOD[variable] as string
    for (const [open, close] of [['"', '"'], ["'", "'"], ['`', '`'], ['“', '”'], ['‘', '’'], ['«', '»'], ['„', '“'], ['\\"', '\\"'], ['["', '"]'], ['"', ''], ['', "'"]]) {
      t.match(only(variable, `${open}${good}${close}`), `${variable}: found ${JSON.stringify(`${open}${good}${close}`)}, expected it without quotes`)
    }
  }
  for (const variable of LISTS) t.match(only(variable, `${GOOD[variable]}, "${GOOD[variable]}"`), /without quotes/, 'around one of several')
})

t.test('F-C1 refuses a placeholder in place of any value', async t => {
  const placeholders = [
    '${AUD}', '$AUD', '$(cat aud)', '%AUDIENCE%', '{{ aud }}', '{{aud}}', '{yourDomain}', 'https://{yourDomain}/', '<your-domain>', '<YOUR_DOMAIN>', 'https://<tenant>.auth0.com', '#{aud}', '@@AUD@@', '__AUD__',
    'undefined', 'NaN', 'None', 'nil', 'N/A', '[object Object]', 'TODO', 'tbd', '...', '…', '???', 'https://undefined/', 'https://undefined/mcp', 'undefined.eu.auth0.com', 'https://mcp.example.com/undefined', 'https://null/mcp',
    'YOUR_DOMAIN', 'YOUR_API_IDENTIFIER', 'yourDomain', 'your-tenant.auth0.com', 'YOUR_TENANT.us.auth0.com', 'your_client_id', 'your-domain.example', 'yourtenant.auth0.com', 'https://your-api', 'https://yourapp.com/mcp',
    'changeme', 'CHANGE_ME', 'change-me', 'change-this', 'replace-me', 'REPLACE_WITH_DOMAIN', 'placeholder', 'insert-domain-here', 'INSERT_YOUR_DOMAIN', 'enter your domain here', 'domain-goes-here', 'xxxx', 'xxx', 'dev-xxxxxxxx.us.auth0.com',
    'AUTH0_DOMAIN', 'API_IDENTIFIER', 'CLIENT_ID'
  ]
  for (const variable of TEXTS) for (const text of placeholders) t.match(only(variable, text), `${variable}: found ${JSON.stringify(text)}, expected a real value in place of the placeholder`)
  for (const variable of LISTS) t.match(only(variable, `${GOOD[variable]},undefined`), /placeholder/, 'as one of several')
})

t.test('says what belongs in place of a placeholder', async t => {
  for (const [variable, text, words] of [
    ['PORT', 'YOUR_PORT_HERE', 'a whole number from 1 to 65535'], ['RATE_LIMIT_MAX', 'none', 'a whole number from 1 to 1000000, or "off"'], ['CHALLENGE_SCOPES', 'None', '"all" or "baseline"'], ['ALLOW_M2M', '<true|false>', '"true" or "false"']
  ] as const) {
    t.equal(only(variable, text), `${variable}: found ${JSON.stringify(text)}, expected a real value in place of the placeholder: ${words}`)
  }
})

t.test('F-C1 accepts real values that resemble a placeholder', async t => {
  const real: Readonly<Record<string, readonly string[]>> = {
    AUTH0_DOMAIN: ['dev-x8x3yxx1.us.auth0.com', 'yourmechanic.eu.auth0.com'],
    MCP_RESOURCE_URL: ['https://static.1.2.3.4.clients.your-server.de/mcp', 'https://changelog.example.com/mcp', 'https://here.example.com/mcp', 'https://none.example.com'],
    AUTH0_AUDIENCE: ['urn:my-api', 'https://api.example.com/%20a', 'API_V1', 'https://xx.example.com', "it's-mine"],
    ALLOWED_CLIENTS: ['tpc_0123456789abcdef', 'https://client.example.com/oauth/metadata.json'],
    ALLOWED_HOSTS: ['your-server.de', '[::1]:3000', 'xn--bcher-kva.example', 'my_host:8080', '10.0.0.1', 'mcp.example.com.'],
    REQUIRED_ORG: ['org_your123']
  }
  for (const [variable, texts] of Object.entries(real)) for (const text of texts) t.doesNotThrow(() => loadConfig({ ...GOOD, [variable]: text }), text)
})

t.test('F-C1 refuses another separator where a comma belongs', async t => {
  for (const variable of LISTS) {
    const good = GOOD[variable] as string
    for (const separator of [' ', '; ', ';', '|', '  ', ' and ', '，', '、']) t.match(only(variable, good + separator + good), /expected commas between several values/, `${variable} with ${JSON.stringify(separator)}`)
  }
  t.match(only('TRUST_PROXY', '10.0.0.0/8 ::1'), /separated by commas/)
  t.match(only('REQUIRED_ORG', 'org_1 # ours'), /commas between/, 'a comment that nobody cut off')
})

t.test('F-C1 refuses a wildcard, and words that mean "everybody" or "nobody" elsewhere', async t => {
  for (const host of ['*', '*.example.com', '.example.com', 'localhost:*', 'mcp.*', 'any', 'all', 'mcp.example.com,*']) t.match(only('ALLOWED_HOSTS', host), /each host by its full name \(wildcards have no meaning here\)/, host)
  for (const origin of ['*', 'https://*.example.com', '*://app.example.com', 'any', 'http://localhost:*']) t.match(only('ALLOWED_ORIGINS', origin), /each origin in full \(wildcards have no meaning here\)/, origin)
  for (const url of ['https://*/mcp', 'https://*.example.com/mcp']) t.match(only('MCP_RESOURCE_URL', url), /a host name/, url)
  t.match(only('AUTH0_DOMAIN', '*.auth0.com'), /a host name/)
  for (const variable of ['ALLOWED_CLIENTS', 'REQUIRED_ORG', 'AUTH0_AUDIENCE']) {
    for (const word of ['*', 'any', 'ALL', 'off', 'true', 'false', 'null', 'no', 'client_*']) t.match(only(variable, word), /or the variable unset/, `${variable}=${word}`)
  }
  for (const word of ['null', 'true', 'false', 'off', '-']) t.match(only('ALLOWED_HOSTS', word), /Host header|placeholder/, word)
  for (const word of ['null', 'true', '*']) t.match(only('HOST', word), /host name to listen on/, word)
})

t.test('refuses invisible characters', async t => {
  for (const character of ['\u200B', '\u2060', '\u202E', '\u0000', '\u0085']) t.match(only('AUTH0_AUDIENCE', `https://a${character}.example`), /without invisible or control characters/)
  t.strictSame(loadConfig({ ...GOOD, REQUIRED_ORG: '\uFEFForg_1\u00A0' }).access.requiredOrg, ['org_1'], 'at the ends they are cut off')
})

t.test('F-C2 refuses the address of an endpoint, and says which domain to write', async t => {
  const paths = ['.well-known/openid-configuration', '.well-known/jwks.json', '.well-known/oauth-authorization-server', 'oauth/token', 'authorize', 'oidc/register', 'userinfo', 'oauth/revoke', 'v2/logout', 'api/v2/', 'u/login', 'oauth/device/code', 'login', 'dbconnections/signup', 'passwordless/start', 'oauth/token/', 'mcp']
  for (const path of paths) {
    for (const prefix of ['https://', '']) t.match(only('AUTH0_DOMAIN', `${prefix}tenant.eu.auth0.com/${path}`), /expected the domain without a path, "tenant\.eu\.auth0\.com"; several/, prefix + path)
    if (path !== 'mcp') t.match(only('AUTH0_DOMAIN', `https://id.example.com/${path}`), /expected the domain without a path, "id\.example\.com"/, 'of a custom domain')
  }
  for (const [text, expected] of [
    ['https://id.example.com/realms/a/protocol/openid-connect/token', '"https://id.example.com/realms/a/"'],
    ['https://id.example.com/oauth2/default/v1/keys', '"https://id.example.com/oauth2/default/"'],
    ['http://localhost:3001/oauth/token', '"http://localhost:3001/"'],
    ['https://id.example.com:8443/authorize', '"id.example.com:8443"']
  ] as const) t.match(only('AUTH0_DOMAIN', text), `expected the domain without a path, ${expected}`)

  for (const domain of ['https://manage.auth0.com/dashboard/eu/tenant/', 'auth0.com', 'manage.auth0.com', 'https://auth0.com/docs']) t.match(only('AUTH0_DOMAIN', domain), /the domain of your tenant, such as/, domain)
  t.match(only('AUTH0_DOMAIN', 'tenant'), /the whole domain/)
  t.match(only('AUTH0_DOMAIN', 'tenant.eu.auth0.com.'), /without a dot at the end, "tenant\.eu\.auth0\.com"/)
  t.match(only('AUTH0_DOMAIN', 'tenant.eu.auth0.com:8443.'), /host name|absolute URL/)
  for (const [text, issuer] of [['https://id.example.com/oauth2/default', 'https://id.example.com/oauth2/default/'], ['localhost', 'https://localhost/'], ['idp:8443', 'https://idp:8443/'], ['https://idp/realm/', 'https://idp/realm/']] as const) {
    t.strictSame(loadConfig({ ...GOOD, AUTH0_DOMAIN: text }).issuers, [issuer])
  }
})

t.test('F-C3 refuses a path that the server has a route of its own for', async t => {
  for (const [path, route] of [['health/live', 'health'], ['health/ready', 'health'], ['health', 'health'], ['.well-known/oauth-protected-resource', '.well-known'], ['.well-known/oauth-protected-resource/mcp', '.well-known']]) {
    t.match(only('MCP_RESOURCE_URL', `https://mcp.example.com/${path}`), `expected another path, such as "/mcp": this server has routes of its own under "/${route}"`)
  }
  for (const path of ['healthy', 'api/health/live', 'mcp/.well-known']) t.doesNotThrow(() => loadConfig({ ...GOOD, MCP_RESOURCE_URL: `https://mcp.example.com/${path}` }))
})

t.test('F-C4 says how a URL differs from its canonical form', async t => {
  for (const [text, expected] of [
    ['https://mcp.example.com:443/mcp', 'without the port that https:// implies, "https://mcp.example.com/mcp"'],
    ['https://mcp.example.com:0443/mcp', 'without the port that https:// implies'],
    ['http://localhost:80/mcp', 'without the port that http:// implies, "http://localhost/mcp"'],
    ['https://MCP.example.com/mcp', 'in lower case, "https://mcp.example.com/mcp"'],
    ['HTTPS://mcp.example.com/Mcp', 'in lower case, "https://mcp.example.com/Mcp"'],
    ['https://Mcp.example.com:443/mcp/', 'in lower case and without the port that https:// implies and without a trailing slash, "https://mcp.example.com/mcp"']
  ] as const) t.match(only('MCP_RESOURCE_URL', text), `expected its canonical form ${expected}`)
  for (const [text, expected] of [['https://App.example.com:443/', 'https://app.example.com'], ['https://app.example.com/path', 'https://app.example.com'], ['chrome-extension://abc/', 'chrome-extension://abc']] as const) {
    t.match(only('ALLOWED_ORIGINS', text), `expected an origin in its canonical form, "${expected}"`)
  }
})

t.test('F-R2 accepts the origins of apps and extensions unchanged', async t => {
  for (const origin of ['chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb', 'moz-extension://6f1a2b3c-0000-4000-8000-000000000000', 'vscode-webview://0abc', 'vscode-file://vscode-app', 'app://obsidian.md', 'tauri://localhost', 'capacitor://localhost', 'ionic://localhost']) {
    t.strictSame(loadConfig({ ...GOOD, ALLOWED_ORIGINS: `${origin},https://app.example.com` }).allowedOrigins.exact, [origin, 'https://app.example.com'])
  }
  for (const text of ['chrome-extension:abc', 'data:text/plain,x', 'chrome-extension://', 'app://a b', 'chrome-extension://abc/page.html', 'app://a?b', 'file:///etc']) t.ok(only('ALLOWED_ORIGINS', text), text)
})

t.test('accepts loopback names only if HOST and MCP_RESOURCE_URL are both loopback', async t => {
  for (const [HOST, MCP_RESOURCE_URL, isOpen] of [['127.0.0.1', 'http://127.0.0.1:3000/mcp', true], ['::1', 'http://localhost/mcp', true], ['127.0.0.1', 'https://mcp.example.com/mcp', false], ['localhost', 'https://localhost.example.com/mcp', false], ['0.0.0.0', 'http://localhost:3000/mcp', false]] as const) {
    const { allowedHosts, allowedOrigins } = loadConfig({ AUTH0_DOMAIN, HOST, MCP_RESOURCE_URL })
    t.strictSame([allowedHosts.loopback, allowedOrigins.loopback], [isOpen, isOpen], `${HOST}, ${MCP_RESOURCE_URL}`)
  }
})

t.test('STATE_SECRET is long and irregular, and no message shows it', async t => {
  const load = (text: string) => loadConfig({ AUTH0_DOMAIN, STATE_SECRET: text })
  t.equal(loadConfig({ AUTH0_DOMAIN }).stateSecret, undefined)
  for (const good of [randomBytes(16).toString('hex') + 'xyz-', randomBytes(32).toString('base64'), '"quo{ted}$HOME %PATH% <b> \'x', 'correct horse battery staple and more'].map(text => text.padEnd(32, '!?'))) t.equal(load(good).stateSecret, good.trim())

  t.match(problems(() => load('hush')), ['STATE_SECRET: found 4 characters, expected at least 32 characters'])
  const regular = ['x'.repeat(32), 'xy'.repeat(20), '0123456789abcdef'.repeat(2), 'changeme'.repeat(5), 'change-me-change-me-change-me-change-me', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', '1234567890'.repeat(4), 'abcdefghijklmnop'.repeat(3).slice(0, 40), 'replace-this-with-32-random-characters', '${STATE_SECRET_FROM_THE_VAULT_0123456}', '<your-32-characters-long-secret-here>', `"${randomBytes(32).toString('base64')}"`]
  for (const text of regular) {
    const [problem = ''] = problems(() => load(text))
    t.match(problem, `STATE_SECRET: found ${text.length} characters, expected a random one with at least 10 different characters`, text)
    t.notMatch(problem, text)
  }
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
