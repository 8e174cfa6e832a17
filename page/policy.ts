import { createHash } from 'node:crypto'

/** The styles and scripts of the page, and the origins that its scripts may fetch from besides its own. */
export interface Contents {
  readonly styles: readonly string[]
  readonly scripts: readonly string[]
  readonly origins: readonly string[]
}

/**
 * The headers of the page. Its Content-Security-Policy (CSP Level 3) lets the page run its own styles and scripts only,
 * each by its hash, and load nothing from other hosts.
 */
export function pageHeaders ({ styles, scripts, origins }: Contents): Readonly<Record<string, string>> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': [
      "default-src 'none'",
      `style-src ${styles.map(hash).join(' ')}`,
      `script-src ${scripts.map(hash).join(' ')}`,
      ["connect-src 'self'", ...origins].join(' '),
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
