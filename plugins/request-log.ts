import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Caller } from '../auth/caller.ts'
import { forLog, type Refusal } from '../auth/refusal.ts'
import type { CallRecord } from '../mcp/calls/call-record.ts'
import type { RequestEnd } from './request-end.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What an operator should know about a refusal, beside the hint of its reason. */
    logHint: string | undefined
  }
}

/** Longest caller-controlled string in a log line, in characters. */
const MAX_LENGTH = 128
/** The part of an unknown path that is too short to hold a token. */
const UNKNOWN_PATH = /^(?:\/[\w.-]{0,32}(?![\w.-])){0,4}/

/**
 * Writes the audit line: one for each call, or one for a request without calls, when the request is over. It says who
 * called what on whose behalf, and how it came out; docs/operations.md lists every field. It holds no query string, no
 * header, no token, and no argument and no named claim but those in the `audit` of the tool. A 5xx is an `error`,
 * everything else is `info`.
 */
export default fp(async function requestLog (app) {
  app.decorateRequest('logHint', undefined)
  const enabled = { info: isEnabled(app.log, 'info'), error: isEnabled(app.log, 'error') }
  app.observe({
    readsCalls: enabled.info,
    ended (end) {
      const level = end.status >= 500 ? 'error' : 'info'
      if (!enabled[level]) return
      // The server's logger, since a request's own logger is costly to make and most requests have none yet.
      for (const record of end.request.records ?? [undefined]) app.log[level](lineOf(end, record), messageOf(end, record))
    }
  })
}, {
  name: 'request-log',
  fastify: '5.x',
  dependencies: ['request-end']
})

function messageOf ({ request, isAborted, fault }: RequestEnd, record: CallRecord | undefined): string {
  return isAborted ? 'aborted' : fault || (request.refusal && isRefused(record)) ? 'refused' : 'answered'
}

function lineOf ({ request, reply, status, outcome, fault }: RequestEnd, record: CallRecord | undefined): object {
  const { id, ip, raw, refusal, logHint } = request
  // There is no user before the token is checked.
  const user = request.user as Caller | undefined
  return {
    reqId: id,
    address: ip?.slice(0, MAX_LENGTH),
    method: raw.method,
    path: path(request),
    status,
    ms: Math.round(reply.elapsedTime * 1000) / 1000,
    rpc: record?.method.slice(0, MAX_LENGTH),
    tool: record?.tool?.slice(0, MAX_LENGTH),
    version: record?.version,
    outcome: record?.outcome ?? outcome,
    code: record?.code,
    traceId: record?.traceId,
    scopes: record?.scopes,
    args: record?.args,
    client: user?.clientId,
    sub: user?.subject,
    org: user?.organization?.id,
    actors: user?.actors,
    claims: record?.claims && claimsOf(user as Caller, record.claims),
    ...(refusal && isRefused(record) && reasonOf(refusal, record?.hint ?? refusal.hint, logHint)),
    ...fault
  }
}

/** The claims that the tool names in `audit`, cut. */
function claimsOf ({ claims }: Caller, names: readonly string[]): object {
  const cut = (value: unknown): unknown => typeof value === 'boolean' ? value : forLog(value)
  return Object.fromEntries(names.filter(name => Object.hasOwn(claims, name)).map(name => [name, cut(claims[name])]))
}

/** Whether the request's refusal is about this call: a limit may refuse one of a batch, and every other refusal stops all. */
function isRefused (record: CallRecord | undefined): boolean {
  return record?.outcome === undefined || record.outcome === 'limited'
}

function reasonOf ({ code, detail: { expected, found } }: Refusal, hint: string, logHint: string | undefined): object {
  return { reason: code, hint: logHint === undefined ? hint : `${hint}. ${logHint}`, expected, found }
}

function path ({ is404, raw, routeOptions }: FastifyRequest): string | undefined {
  return is404 ? UNKNOWN_PATH.exec(raw.url as string)?.[0] : routeOptions.url
}

// A disabled logger of Fastify has no `isLevelEnabled`.
function isEnabled (log: FastifyBaseLogger, level: string): boolean {
  return (log as { isLevelEnabled?: (level: string) => boolean }).isLevelEnabled?.(level) === true
}
