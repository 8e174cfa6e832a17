import { metadataUrl } from '../auth/metadata.ts'
import { nameFor } from '../connect/client.ts'
import { clientsFor } from '../connect/index.ts'
import type { Registry } from '../mcp/registry.ts'
import type { ServerInfo } from '../mcp/tool.ts'
import { clientTabs } from './clients.ts'
import { copyButton } from './code.ts'
import { html, type Html } from './html.ts'
import { pageHeaders } from './policy.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'
import { toolCards } from './tools.ts'

/** The contents of the page. */
export interface About {
  readonly server: ServerInfo
  readonly registry: Registry
  readonly resourceUrl: string
  readonly issuers: readonly string[]
  /** The scopes that clients log in with. */
  readonly loginScopes: readonly string[]
}

/** What `npm run dev` adds to the page. */
export interface Addition {
  /** Stands below the endpoint. */
  readonly section: Html
  readonly style: string
  readonly script: string
  /** Origins that its script may fetch from, besides the page's own. */
  readonly origins: readonly string[]
}

/** A page that is ready to be sent. */
export interface Page {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Writes the page for people. It needs nothing but itself: no other file, no other host. */
export function renderPage (about: About, addition?: Addition): Page {
  const styles = [STYLE, ...addition ? [addition.style] : []]
  const scripts = [SCRIPT, ...addition ? [addition.script] : []]
  return {
    headers: pageHeaders({ styles, scripts, origins: addition?.origins ?? [] }),
    body: Buffer.from(`<!doctype html>\n${markup(about, styles, scripts, addition?.section).html}`)
  }
}

function markup ({ server, registry, resourceUrl, issuers, loginScopes }: About, styles: readonly string[], scripts: readonly string[], section: Html | string = ''): Html {
  const clients = clientsFor({ url: resourceUrl, name: nameFor(server.name), scopes: loginScopes })
  return html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${server.title}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
${styles.map(style => html`<style>${{ html: style }}</style>
`)}</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<div class="brand">${{ html: ICON }}<span>${server.name} <span class="version">${server.version}</span></span></div>
<p id="readiness" class="readiness" role="status">Checking…</p>
</header>
<main id="main" tabindex="-1">
<div class="hero">
<h1>${server.title}</h1>
<p class="lead">This is an MCP server. It gives the tools below to AI clients such as Claude, ChatGPT and Cursor, and admits only callers with an access token. A client needs nothing but this URL: it finds the login by itself.</p>
<div class="endpoint"><span class="label" id="endpoint-label">MCP endpoint</span><code id="endpoint" role="group" tabindex="0" aria-labelledby="endpoint-label endpoint">${resourceUrl}</code>${copyButton('endpoint', 'the URL of the endpoint')}</div>
</div>
${section}<section aria-labelledby="connect">
<h2 id="connect">Connect a client</h2>
${clientTabs(clients)}
</section>
<section aria-labelledby="tools">
<h2 id="tools">Tools</h2>
${toolCards(registry.tools)}
</section>
<section aria-labelledby="login">
<h2 id="login">How the login works</h2>
<ol class="steps">
<li><strong>The client asks without a token</strong> and gets 401 with the address of the <a href="${metadataUrl(resourceUrl)}">metadata</a>.</li>
<li><strong>The metadata names the issuer</strong>, ${issuers.map((issuer, i) => html`${i === 0 ? '' : ', '}<code>${issuer}</code>`)}. The user signs in there and gives consent.</li>
<li><strong>The client calls again</strong> with the token. The token must hold the scopes of the tool.</li>
</ol>
</section>
</main>
<footer>
<p>Clients send messages to the endpoint by POST. Only a browser sees this page.</p>
</footer>
<p id="live" class="unseen" role="status" aria-live="polite"></p>
${scripts.map(script => html`<script>${{ html: script }}</script>
`)}</body>
</html>
`
}

const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#4f46e5"/><path d="M16 6.5l8 3v6.2c0 4.9-3.3 8.2-8 9.8-4.7-1.6-8-4.9-8-9.8V9.5z" fill="none" stroke="#fff" stroke-width="2" stroke-linejoin="round"/><path d="M12.3 15.8l2.7 2.7 4.900-5" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>'
