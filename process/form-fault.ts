// Straight, typographic and angle quotes, and the accents that people type in their place.
const QUOTES = '"\'`´“”„‟‘’‚‛«»‹›＂＇'
const QUOTED = new RegExp(`^\\\\?[[({]*\\\\?[${QUOTES}]|[${QUOTES}][\\])}]*$`)

const PLACEHOLDERS = [
  // ${X}, $X, $(x), {{x}}, {x}, <x>, %X%, #{x}, @@X@@, __X__
  /\$[\w{(]|[{}<>]|%[a-z_]{3,}\w*%|@@|^__\w+__$/i,
  /^(?:undefined|nan|nil|none|n\/?a|todo|tbd|fixme|\?+|\.{2,}|\u2026|-+|_+|\[?object object\]?)$/i,
  // "https://undefined/mcp", "undefined.eu.auth0.com"
  /(?:^|[/.:])undefined(?=$|[/.:])|:\/\/(?:null|nan|none)(?=$|[/:])/i,
  // "changeme", "replace-with-your-domain", "insert your domain here"
  /(?:^|[^a-z\d])(?:change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|this|it|with))(?![a-z])/i,
  /placeholder|(?:^|[^a-z\d])(?:insert|enter|put|paste|fill|add|set|use)[-_ ]?(?:in[-_ ]?)?your(?![a-z])/i,
  /(?:^|[^a-z\d])(?:insert|enter|put|paste|fill|add|goes|value|domain|tenant|audience|url|secret|key|id)[-_ ](?:[a-z]+[-_ ])*here(?![a-z])/i,
  // "xxxx", "dev-xxxxxxxx.us.auth0.com"
  /(?:^|[-_./:])x{3,}(?![a-z\d])/i,
  // "your-tenant", "YOUR_DOMAIN", "yourDomain". Not every name that begins so: your-server.de is a real domain.
  /(?:^|[^a-z\d])your[-_ ]*(?:auth0|tenant|domain|sub-?domain|api|audience|identifier|app|application|client|org|organization|organisation|company|host|host-?name|server(?!\.de)|region|secret|resource|url|name|value|account|project|issuer|mcp|origin|site|key|id)(?![a-z])/i,
  /(?:^|[^a-z\d])(?:your[A-Z]|YOUR_)/,
  // The name of a variable where its value belongs.
  /^(?:AUTH0|MCP|ALLOWED|REQUIRED|STATE|INSERT|REPLACE|CHANGE|ENTER|PUT)_[A-Z\d_]+$/,
  /^(?:MY_)?(?:(?:API|CLIENT|TENANT|ORG|ORGANIZATION|RESOURCE|PUBLIC)_)?(?:IDENTIFIER|AUDIENCE|URL|URI|ID|DOMAIN|NAME|SECRET|KEY|HOST|HOSTNAME|TENANT|ISSUER)$/
]

/** Completes "expected …" for a placeholder. */
export const PLACEHOLDER = 'a real value in place of the placeholder'

/**
 * Checks the form of a value of any setting: invisible characters, quotes around it, or a placeholder.
 *
 * @param text one value, or several with any separator
 * @returns words that complete "expected …"; undefined where the form is good
 */
export function formFault (text: string): string | undefined {
  // A list may go on in the next line.
  if (/(?![\t\n\r])[\p{Cc}\p{Cf}\uFFFD]/u.test(text)) return 'it without invisible or control characters'
  const parts = text.split(/[\s,;]+/)
  if (parts.some(part => QUOTED.test(part))) return 'it without quotes'
  if ([text, ...parts].some(isPlaceholder)) return PLACEHOLDER
}

/** Whether somebody has to put a value in place of this text. */
function isPlaceholder (text: string): boolean {
  return PLACEHOLDERS.some(pattern => pattern.test(text))
}
