import { fetchKeys } from '../auth/fetch-keys.ts'
import { readKeySet } from '../auth/key-set.ts'
import { metadataUrl } from '../auth/metadata.ts'
import { loadConfig, type Config } from '../config.ts'
import { loadEnv } from './env.ts'

/** What was looked at, and what is wrong with it; undefined: nothing. */
type Finding = readonly [what: string, fault: string | undefined]

const TIMEOUT_MS = 5000
const WANTED = { code_challenge_methods_supported: 'S256', response_types_supported: 'code' } as const

try {
  const config = loadConfig(loadEnv())
  const findings = [...(await Promise.all(config.issuers.map(issuer => examine(issuer, config)))).flat(), await metadata(config)]
  for (const [what, fault] of findings) console.log(`${fault === undefined ? 'ok   ' : 'WRONG'} ${what}${fault === undefined ? '' : `: ${fault}`}`)
  process.exitCode = findings.some(([, fault]) => fault !== undefined) ? 1 : 0
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}

/** Looks at an issuer as the server and its clients will. */
async function examine (issuer: string, { claims: { clockTolerance } }: Config): Promise<Finding[]> {
  const keys: Finding = [`keys of ${issuer}`, await fault(async () => {
    const set = await readKeySet(issuer, await fetchKeys(`${issuer}.well-known/jwks.json`, TIMEOUT_MS, new AbortController().signal), new Map())
    const unusable = [...set].filter(([, key]) => typeof key === 'string')
    if (unusable.length === set.size) return `none is usable ${JSON.stringify(unusable)}`
  })]

  const response = await fetch(`${issuer}.well-known/openid-configuration`, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: Error) => error)
  if (response instanceof Error) return [keys, [`discovery of ${issuer}`, response.message]]
  const document = await response.json().catch(() => ({})) as Record<string, unknown>
  const skew = Math.round(Math.abs(Date.now() - Date.parse(response.headers.get('date') ?? '')) / 1000)

  return [
    keys,
    [`issuer name of ${issuer}`, document['issuer'] === issuer ? undefined : `it calls itself ${JSON.stringify(document['issuer'])}; set AUTH0_DOMAIN to that`],
    [`clock against ${issuer}`, skew <= Math.max(clockTolerance, 1) ? undefined : `differs by ${skew} seconds; CLOCK_TOLERANCE is ${clockTolerance}`],
    ...Object.entries(WANTED).map(([name, value]): Finding => [`${name} has ${value}`, [document[name]].flat().includes(value) ? undefined : 'clients cannot log in']),
    ['clients can register', document['registration_endpoint'] || document['client_id_metadata_document_supported'] ? undefined : 'neither dynamic registration nor client ID metadata documents; clients need an id by hand']
  ]
}

/** Whether the server, where it runs, tells clients the right thing. */
async function metadata ({ resourceUrl }: Config): Promise<Finding> {
  const url = metadataUrl(resourceUrl)
  return [`metadata at ${url}`, await fault(async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    const { resource } = await response.json() as { resource?: unknown }
    if (resource !== resourceUrl) return `resource is ${JSON.stringify(resource)}, expected ${JSON.stringify(resourceUrl)}`
  })]
}

async function fault (examination: () => Promise<string | undefined>): Promise<string | undefined> {
  return examination().catch((error: Error) => error.cause instanceof Error && error.cause.message !== '' ? `${error.message} (${error.cause.message})` : error.message)
}
