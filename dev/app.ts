import { buildApp, type App, type AppOptions } from '../app.ts'
import { scopesOf } from '../mcp/tool.ts'
import { tools as ownTools } from '../tools/index.ts'
import { SCRIPT } from './page/script.ts'
import { trySection } from './page/section.ts'
import { STYLE } from './page/style.ts'
import verdicts from './page/verdicts.ts'

/**
 * The server as `npm run dev` starts it beside the development issuer: its page also signs in and takes tokens apart.
 * `LANDING_PAGE=false` switches all of this off.
 *
 * @param issuer the URL of the development issuer, which must know the client of `pageClient`
 */
export async function buildDevelopmentApp (options: AppOptions, issuer: string): Promise<App> {
  const { config, tools = ownTools } = options
  if (!config.landingPage) return buildApp(options)

  const scopes = scopesOf(...tools)
  const { claims: { audiences: [audience = ''] }, resourceUrl } = config
  const app = await buildApp({
    ...options,
    pageAddition: {
      section: trySection({ issuer, audience, scopes, endpoint: new URL(resourceUrl).pathname }),
      style: STYLE,
      script: SCRIPT,
      origins: [new URL(issuer).origin]
    }
  })
  await app.register(verdicts, { config, scopes })
  return app
}
