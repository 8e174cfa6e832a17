import { createHash } from 'node:crypto'

/**
 * The headers of the page. Its Content-Security-Policy (CSP Level 3) lets the page run its own style and script only,
 * each by its hash, and load nothing from other hosts.
 */
export function pageHeaders (style: string, script: string): Readonly<Record<string, string>> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': [
      "default-src 'none'",
      `style-src ${hash(style)}`,
      `script-src ${hash(script)}`,
      "connect-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'"
    ].join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer'
  }
}

function hash (text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
