import type { Client, Snippet } from '../connect/client.ts'
import { codeBlock, json } from './code.ts'
import { html, type Html } from './html.ts'

/** How to connect each client, as tabs. Without scripts, all panels are shown one after another. */
export function clientTabs (clients: readonly Client[]): Html {
  return html`<div class="tabs">
<div role="tablist" aria-label="Clients" class="tablist">
${clients.map(({ id, title }, i) => html`<button type="button" role="tab" id="tab-${id}" aria-controls="panel-${id}" aria-selected="${String(i === 0)}"${i === 0 ? '' : html` tabindex="-1"`}>${title}</button>
`)}</div>
<div class="panels">
${clients.map(panel)}</div>
</div>`
}

function panel ({ id, title, how, snippets, callbacks, trap }: Client): Html {
  return html`<section role="tabpanel" id="panel-${id}" aria-labelledby="tab-${id}" class="panel">
<h3>${title}</h3>
<p>${how}</p>
${snippets.map((snippet, i) => snippetOf(snippet, `${id}-${i}`, title))}
<p class="trap"><strong>Mind</strong> ${trap}</p>
${callbacks.length === 0 ? '' : html`<details class="callbacks"><summary>Callback URLs, for an application that you registered by hand</summary><ul>${callbacks.map(url => html`<li><code>${url}</code></li>`)}</ul></details>`}
</section>
`
}

function snippetOf ({ label, kind, text }: Snippet, id: string, title: string): Html {
  const content = kind === 'json' ? json(JSON.parse(text)) : html`${text}`
  return html`<h4>${label}</h4>
${kind === 'link'
? html`<p><a class="button" href="${text}">Add to ${title}</a></p>
`
: ''}${codeBlock(id, `for ${title}: ${label}`, content, kind === 'json' || kind === 'toml' ? 'data' : 'command')}
`
}
