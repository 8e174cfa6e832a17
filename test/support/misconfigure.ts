import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import type { Check } from '../../cli/doctor/check.ts'
import { examine } from '../../cli/doctor/examine.ts'
import { checkLogin, type LoginOptions } from '../../cli/doctor/login/login.ts'
import { checkReach } from '../../cli/doctor/reach.ts'
import { loadConfig } from '../../config.ts'
import { startManagement, type ManagementOptions } from '../../dev/management/index.ts'
import { emptyTenant, type TenantState } from '../../dev/management/state.ts'
import { m2mClient, oboClient } from '../../dev/provider/clients.ts'
import type { Tenant } from '../../dev/provider/tenant.ts'
import type { Claims } from '../../dev/signing.ts'
import { scopesOf, type Tool } from '../../mcp/tool.ts'
import { tools } from '../../tools/index.ts'
import whoami from '../../tools/whoami.ts'
import { serve } from '../e2e/login-server.ts'
import { createUser, type UserOptions } from '../e2e/login-user.ts'
import type { Test } from './build.ts'
import { makeCertificate, type CertificateOptions } from './certificate.ts'
import { setUp, type Fault } from './doctor.ts'

/** Makes a set-up with a fault, and runs the doctor on it. */
export type Doctored = (t: Test) => Promise<Check[]>

/** `npm run doctor`, with a fault of settings, issuer or proxy. */
export const plain = (fault: Fault): Doctored => async t => examine(await setUp(t, fault))

/** The same, with credentials of a machine and a fault of the proxy that only a good token shows. */
export const withToken = (fault: Fault): Doctored => plain({ ...fault, machine: true })

/** The same, with one setting that is wrong. */
export const setting = (name: string, value: string): Doctored => plain({ settings: () => ({ [name]: value }) })

/** The same, at an issuer whose certificate is bad. A trusted one lets the other faults show. */
export const certificate = (options: CertificateOptions, isTrusted: boolean): Doctored => async t => {
  const { cert, key } = makeCertificate(options)
  const server = createServer({ cert, key }, socket => socket.on('error', () => {}))
  server.on('tlsClientError', () => {}).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.close() })
  return checkReach('issuer', `https://localhost:${(server.address() as AddressInfo).port}/`, '', { ca: isTrusted ? cert : undefined })
}

/** `npm run doctor` with access to the Management API, and a fault of the tenant. */
export const managed = (spoil: (state: TenantState, resource: string) => void, options: Partial<ManagementOptions> = {}, settings: Record<string, string> = {}): Doctored => async t => {
  const env = await setUp(t, {})
  const state = emptyTenant()
  spoil(state, env['MCP_RESOURCE_URL'] as string)
  const api = await startManagement({ now: Date.now, state, ...options })
  t.teardown(() => api.close())
  return examine({ ...env, AUTH0_MGMT_DOMAIN: api.url, AUTH0_MGMT_TOKEN: api.token, ...settings })
}

/** `npm run doctor` with the machine of the development issuer, whose tenant has a fault. */
export const machine = (tenant: Partial<Tenant>, settings: Record<string, string> = {}): Doctored => async t => {
  const { url, authority } = await serve(t, { tenant, tools })
  return examine({ AUTH0_DOMAIN: authority.url, MCP_RESOURCE_URL: url, AUTH0_CLIENT_ID: m2mClient.client_id, AUTH0_CLIENT_SECRET: String(m2mClient.client_secret), ...settings })
}

/** The API that the tools of `exchanging` call. */
export const ORDERS = 'https://orders.example'
const EXCHANGING: readonly Tool[] = [...tools, { ...whoami, name: 'orders', api: { audience: ORDERS, url: ORDERS, scopes: ['read:orders'] } }]
const OBO = { OBO_CLIENT_ID: oboClient.client_id, OBO_CLIENT_SECRET: oboClient.client_secret }

/** `npm run doctor` for a server with a tool that calls an API as the user, at the development issuer, whose tenant has a fault. */
export const exchanging = (tenant: Partial<Tenant>, settings: Record<string, string> = {}, token?: Claims): Doctored => async t => {
  const { url, authority } = await serve(t, { tenant: { apis: [{ identifier: ORDERS, scopes: ['read:orders'] }], ...tenant }, tools: EXCHANGING })
  const env = { AUTH0_DOMAIN: authority.url, MCP_RESOURCE_URL: url, ...OBO, ...settings }
  return examine(env, { token: token && `Bearer ${authority.token({ scope: scopesOf(...tools).join(' '), ...token })}`, tools: EXCHANGING, exchange: true })
}

/** The same, at an issuer that answers exchanges in this way, with access to the Management API. */
export const exchangedBy = (fault: Fault, spoil?: (state: TenantState) => void): Doctored => async t => {
  const env = await setUp(t, fault)
  const state = emptyTenant()
  state.resourceServers.push({ id: 'ours', identifier: env['MCP_RESOURCE_URL'], scopes: scopesOf(...tools).map(value => ({ value })) })
  spoil?.(state)
  const api = await startManagement({ state })
  t.teardown(() => api.close())
  return examine({ ...env, ...OBO, AUTH0_MGMT_DOMAIN: api.url, AUTH0_MGMT_TOKEN: api.token }, { tools: EXCHANGING })
}

/** `npm run doctor -- --login` at the development issuer, whose tenant has a fault. The browser follows each redirect. */
export const login = (tenant: Partial<Tenant>, options: Partial<LoginOptions> = {}, user: UserOptions = {}, env: Record<string, string> = {}, settings: Record<string, string> = {}): Doctored => async t => {
  const { url, authority } = await serve(t, { tenant, env, tools: options.tools ?? tools })
  const open = (to: URL): void => { createUser(user).login(to).then(async back => { await fetch(new URL('/favicon.ico', back)); await fetch(back) }, () => {}) }
  return checkLogin(loadConfig({ AUTH0_DOMAIN: authority.url, MCP_RESOURCE_URL: url, SCOPE_CLAIMS: 'scope', ...settings }), { open, waitMs: 20_000, ...options })
}

/** The same, for a server with a tool that calls an API as the user. */
export const exchangingLogin = (tenant: Partial<Tenant> = {}, settings: Record<string, string> = {}): Doctored =>
  login({ apis: [{ identifier: ORDERS, scopes: ['read:orders'] }], ...tenant }, { tools: EXCHANGING }, {}, {}, { ...OBO, ...settings })
