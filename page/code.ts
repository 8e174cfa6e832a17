import { html, type Html } from './html.ts'

/** A text with a button that copies it. `name` is the end of the button's label. Commands wrap; data keeps its lines. */
export function codeBlock (id: string, name: string, content: Html, kind: 'command' | 'data'): Html {
  return html`<div class="code ${kind}"><pre id="${id}" tabindex="0"><code>${content}</code></pre>${copyButton(id, name)}</div>`
}

/** A button that copies the text of the element with this id. */
export function copyButton (id: string, name: string): Html {
  return html`<button type="button" class="copy" data-copy="${id}" aria-label="Copy ${name}">Copy</button>`
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/g

/** A JSON text with colours: keys, strings, and other values. */
export function json (value: unknown): Html {
  const text = JSON.stringify(value, null, 2)
  const parts: Html[] = []
  let end = 0
  for (const match of text.matchAll(TOKEN)) {
    const [token, string, colon = ''] = match
    parts.push(html`${text.slice(end, match.index)}`)
    if (string === undefined) parts.push(html`<span class="value">${token}</span>`)
    else parts.push(html`<span class="${colon === '' ? 'string' : 'key'}">${string}</span>${colon}`)
    end = match.index + token.length
  }
  return html`${parts}${text.slice(end)}`
}
