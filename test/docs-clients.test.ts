import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { clientsFor } from '../connect/index.ts'
import { ROOT } from './support/root.ts'

const page = readFileSync(join(ROOT, 'docs/clients.md'), 'utf8')
const sections = new Map(page.split('\n## ').map(text => [text.slice(0, text.indexOf('\n')), text]))
const LANGUAGES = { json: 'json', toml: 'toml', shell: 'sh', link: 'text', url: 'text' }

for (const { title, how, snippets, callbacks, trap } of clientsFor({ url: 'https://mcp.example.com/mcp', name: 'auth0-mcp-server', scopes: ['tool:whoami'] })) {
  t.test(`docs/clients.md says of ${title} what npm run connect says`, async t => {
    const section = sections.get(title) ?? ''
    const words = section.replaceAll('`', '"')
    t.ok(words.includes(how), how)
    t.ok(words.includes(trap), trap)
    for (const { label, kind, text } of snippets) t.ok(section.includes(`${label}:\n\n\`\`\`${LANGUAGES[kind]}\n${text}\n\`\`\``), label)
    for (const callback of callbacks) t.match(sections.get('Callbacks'), `\`${callback}\``)
  })
}
