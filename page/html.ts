/** Markup that is safe to send: every interpolated value was escaped, or is markup. */
export interface Html {
  readonly html: string
}

/** Writes markup. Interpolated strings are escaped; markup and lists of markup are not. */
export function html (parts: TemplateStringsArray, ...values: ReadonlyArray<string | Html | readonly Html[]>): Html {
  return { html: String.raw({ raw: parts }, ...values.map(render)) }
}

function render (value: string | Html | readonly Html[]): string {
  if (typeof value === 'string') return value.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`)
  return 'html' in value ? value.html : value.map(render).join('')
}
