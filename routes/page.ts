import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { prefersHtml } from '../http/prefers-html.ts'
import { renderPage, type About, type Addition, type Page } from '../page/render.ts'
import { refuseMethod } from './mcp.ts'

/** The contents of the page, and where it is served. */
export interface PageOptions {
  readonly about: About
  /** Paths of the MCP endpoint, where only a browser gets the page. */
  readonly endpoints: readonly string[]
  /** What is added to the page. Default: nothing. */
  readonly addition?: Addition | undefined
}

/** The page for people, at `/` and, for browsers, at the MCP endpoint. It is written once, when somebody first asks. */
const page: FastifyPluginCallback<PageOptions> = (app, { about, endpoints, addition }, done) => {
  let written: Page | undefined

  for (const url of endpoints) {
    app.route({
      method: ['GET', 'HEAD'],
      url,
      handler: (request, reply) => {
        reply.header('vary', 'Origin, Accept')
        if (prefersHtml(request.headers.accept)) send(request, reply)
        else refuseMethod(request, reply)
      }
    })
  }
  if (!endpoints.includes('/')) app.route({ method: ['GET', 'HEAD'], url: '/', handler: send })
  done()

  function send (_request: FastifyRequest, reply: FastifyReply): void {
    written ??= renderPage(about, addition)
    reply.headers(written.headers).send(written.body)
  }
}
export default page
