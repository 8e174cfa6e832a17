import type { FastifyPluginCallback, FastifyRequest } from 'fastify'
import { Refusal } from '../../auth/refusal.ts'
import { checkToken } from '../../cli/doctor/token.ts'
import type { Config } from '../../config.ts'

/** The settings and scopes that a token is checked against. */
export interface VerdictOptions {
  readonly config: Config
  /** The scopes that the tools need. */
  readonly scopes: readonly string[]
}

/** The path at which the page has a token checked. */
export const VERDICTS_PATH = '/dev/verdicts'
/** Bytes of a text that may be a token: four times what fits into the headers of a request. */
export const MAX_TOKEN_BYTES = 65_536

/**
 * Takes a token apart for the page, as `npm run doctor -- --token` does. The body is the token as plain text: an error
 * about broken JSON would quote it. Only a page of this very server may ask, and no log line holds the token.
 */
const verdicts: FastifyPluginCallback<VerdictOptions> = (app, { config, scopes }, done) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, next) => next(null, body))

  app.route<{ Body: string | undefined }>({
    method: 'POST',
    url: VERDICTS_PATH,
    bodyLimit: MAX_TOKEN_BYTES,
    onRequest: function refuseOtherOrigins (request, _reply, next) {
      next(isSameOrigin(request) ? undefined : new Refusal('origin', { found: request.headers.origin, expected: 'the page of this server' }))
    },
    handler: ({ body = '' }) => checkToken(body, config, scopes)
  })
  done()
}
export default verdicts

// plugins/origin.ts admits other pages of this machine too, and has checked `host`. A browser sends Origin with every
// POST.
function isSameOrigin ({ headers: { host, origin = '' } }: FastifyRequest): boolean {
  return URL.canParse(origin) && new URL(origin).host === host
}
