// The code to find is no template.
/* eslint-disable no-template-curly-in-string */
import { inFile, type Mutant } from './list.ts'

const [page, development] = ['test/routes/page.test.ts', 'test/dev/page.test.ts']

/** The page for people, and what the development issuer adds to it. */
export function pageMutants (): Mutant[] {
  return [
    ...inFile('page/policy.ts', [
      ['page-load', 'the page may load anything from anywhere', '"default-src \'none\'",', '', page],
      ['page-inline', 'the page runs any inline script', "`script-src ${scripts.map(hash).join(' ')}`", '"script-src \'unsafe-inline\'"', page],
      ['page-connect', 'a script of the page may send anything anywhere', '["connect-src \'self\'", ...origins].join(\' \')', '"connect-src *"', page, development],
      ['page-frame', 'another page may show the page in a frame', '"frame-ancestors \'none\'",', '', page]
    ]),
    ...inFile('page/html.ts', [
      ['page-escape', 'the description of a tool is markup', 'return value.replace(/[&<>"\']/g, char => `&#${char.charCodeAt(0)};`)', 'return value', page]
    ]),
    ...inFile('routes/page.ts', [
      ['page-client', 'an MCP client gets the page in place of 405', 'if (prefersHtml(request.headers.accept)) send(request, reply)', 'if (true) send(request, reply)', page]
    ]),
    ...inFile('app.ts', [
      ['page-off', 'LANDING_PAGE=false is ignored', 'if (config.landingPage) {', 'if (true) {', `${page}#LANDING_PAGE`],
      ['development-in-build', 'the server loads what is for development', "import type { PageOptions } from './routes/page.ts'\n", "import type { PageOptions } from './routes/page.ts'\nimport './dev/page/verdicts.ts'\n", 'test/architecture.test.ts']
    ]),
    ...inFile('dev/app.ts', [
      ['verdicts-off', 'LANDING_PAGE=false leaves the verdicts on', 'if (!config.landingPage) return buildApp(options)\n', '', `${development}#LANDING_PAGE`]
    ]),
    ...inFile('dev/page/verdicts.ts', [
      ['verdicts-origin', 'any page on this machine has tokens taken apart', 'next(isSameOrigin(request) ? undefined :', 'next(true ? undefined :', `${development}#very origin`],
      ['verdicts-port', 'the port of the page does not count', 'new URL(origin).host === host', "new URL(origin).hostname === host?.split(':')[0]", `${development}#very origin`],
      ['verdicts-bound', 'a text of a megabyte is taken apart', 'bodyLimit: MAX_TOKEN_BYTES,\n', '', `${development}#above 64 KiB`],
      ['verdicts-logged', 'a token that is taken apart is logged', "handler: ({ body = '' }) => checkToken(body, config, scopes)", "handler: ({ body = '', log }) => { log.debug(body); return checkToken(body, config, scopes) }", `${development}#no log line`]
    ])
  ]
}
