import { Agent, request as overTls, type RequestOptions } from 'node:https'
import { request, type IncomingMessage } from 'node:http'
import { call } from '../../support/build.ts'

/** Looks like a sealed state of a call. */
const STATE = 'c2VhbGVk'.repeat(20)

/** Sends a token, and a state of a call, wherever they do not belong. Gives the status of each answer. */
export async function carelessCalls (url: string, servers: readonly number[], token: string): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const authorization = `Bearer ${token}`
  const state = { ...call('whoami'), params: { name: 'whoami', arguments: {}, requestState: STATE, inputResponses: {} } }
  const basic = `Basic ${Buffer.from(`client:${STATE}`).toString('base64')}`
  const wrong: ReadonlyArray<readonly [path: string, headers: Record<string, string>, body: object]> = [
    [`?access_token=${token}`, {}, call('whoami')],
    [`/${token}`, { authorization }, call('whoami')],
    [`?state=${STATE}`, { authorization }, state],
    ['', { authorization: `Token ${token}` }, call('whoami')],
    ['', { authorization: basic }, call('whoami')],
    ['', { authorization: `${authorization},${token}` }, call('whoami')],
    ['', { cookie: `token=${token}`, 'mcp-session-id': token }, call('whoami')],
    ['', { authorization, origin: `https://${token.slice(0, 40)}.example` }, call('whoami')],
    ['', { authorization, 'mcp-protocol-version': token }, call('whoami')],
    ['', { authorization }, call(token)],
    ['', { authorization }, { ...call('whoami'), method: token }],
    ['', { authorization }, call('whoami', { access_token: token })],
    ['', { authorization }, { access_token: token }]
  ]
  const sent = wrong.flatMap(([path, headers, body]) => [
    post(overTls, `${url}${path}`, { agent, headers }, body),
    // Past the proxy, which refuses some of it by itself.
    ...servers.map(port => post(request, `http://localhost:${port}/mcp${path}`, { headers }, body))
  ])
  const statuses = await Promise.all(sent)
  agent.destroy()
  return statuses
}

function post (send: typeof request | typeof overTls, url: string, options: RequestOptions, body: object): Promise<number> {
  return new Promise(resolve => {
    const outgoing = send(url, { ...options, method: 'POST', headers: { ...options.headers as object, 'content-type': 'application/json' } }, (response: IncomingMessage) => {
      response.resume().on('close', () => resolve(response.statusCode as number))
    })
    outgoing.on('error', () => resolve(599)).end(JSON.stringify(body))
  })
}
