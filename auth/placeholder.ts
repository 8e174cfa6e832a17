// Placeholders for a token, as templates, shells and documentation write them.
const PLACEHOLDER = new RegExp(`^["']?(?:${[
  '\\$\\{.*\\}?', '\\$\\(.*\\)?', '\\{.*\\}', '<.*>', '\\[.*\\]', '%.*%', '\\$\\w+',
  'undefined', 'null', 'none', 'nil', 'nan', 'true', 'false',
  '(?:[\\w-]*[_-])?(?:token|jwt|api_?key)(?:[_-][\\w-]*)?', '(?:your|my|the|insert|paste)[\\w-]*', 'x{3,}', '\\*{3,}', '\\.{3,}', '…+'
].join('|')})["']?$`, 'i')

// A placeholder is short. The pattern would take a tenth of a second for 16 KiB of text that a caller chose.
const MAX_LENGTH = 256

/** The hint for a placeholder that was sent in place of a token; nothing for any other text. */
export function placeholderHint (text: string): { readonly hint?: string } {
  return text.length <= MAX_LENGTH && PLACEHOLDER.test(text) ? { hint: 'A placeholder, not a token: the client did not fill in its value' } : {}
}
