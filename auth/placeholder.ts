// Forms in which templates, shells and documentation leave a gap for a token.
const PLACEHOLDER = new RegExp(`^["']?(?:${[
  '\\$\\{.*\\}?', '\\$\\(.*\\)?', '\\{.*\\}', '<.*>', '\\[.*\\]', '%.*%', '\\$\\w+',
  'undefined', 'null', 'none', 'nil', 'nan', 'true', 'false',
  '(?:[\\w-]*[_-])?(?:token|jwt|api_?key)(?:[_-][\\w-]*)?', '(?:your|my|the|insert|paste)[\\w-]*', 'x{3,}', '\\*{3,}', '\\.{3,}', '…+'
].join('|')})["']?$`, 'i')

// No gap is that long. A caller may send 16 KiB of text that the pattern reads again and again.
const MAX_LENGTH = 256

/** The hint for a placeholder that was sent in place of a token; nothing for any other text. */
export function placeholderHint (text: string): { readonly hint?: string } {
  return text.length <= MAX_LENGTH && PLACEHOLDER.test(text) ? { hint: 'A placeholder, not a token: the client did not fill in its value' } : {}
}
