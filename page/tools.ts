import { scopesOf } from '../mcp/declaration/scopes.ts'
import type { RegisteredTool } from '../mcp/registry.ts'
import type { Annotations } from '../mcp/tool.ts'
import { json } from './code.ts'
import { html, type Html } from './html.ts'

/** The tools with their scopes and schemas. */
export function toolCards (tools: readonly RegisteredTool[]): Html {
  return html`${tools.map(card)}`
}

function card ({ declaration: { name, title, description, scopes, annotations = {} }, inputSchema, outputSchema }: RegisteredTool): Html {
  const count = Object.keys((inputSchema['properties'] ?? {}) as object).length
  return html`<article class="card tool">
<h3>${title} <code>${name}</code></h3>
<p class="description">${description}</p>
<p class="chips"><span class="label">Scopes</span> ${scopesOf({ name, scopes }).map(scope => html`<code class="chip">${scope}</code> `)}${hints(annotations).map(hint => html`<span class="chip hint">${hint}</span> `)}</p>
${schema('Input schema', count === 0 ? 'no arguments' : count === 1 ? 'one argument' : `${count} arguments`, inputSchema)}
${outputSchema === undefined ? '' : schema('Output schema', 'structured content', outputSchema)}
</article>
`
}

function schema (title: string, about: string, content: object): Html {
  return html`<details><summary>${title} <span class="about">${about}</span></summary><pre tabindex="0"><code>${json(content)}</code></pre></details>`
}

function hints ({ readOnlyHint, destructiveHint, idempotentHint, openWorldHint }: Annotations): string[] {
  return [readOnlyHint && 'only reads', destructiveHint && 'may destroy', idempotentHint && 'may be repeated', openWorldHint && 'reaches other systems']
    .filter(hint => typeof hint === 'string')
}
