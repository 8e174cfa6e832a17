/** A user with a browser, as far as a login needs one: keeps cookies, follows redirects, fills in forms. */
export interface User {
  /** The headings of the pages seen so far. */
  readonly seen: string[]
  /** Opens the URL of a client and fills in the pages. Returns the URL at which the user comes back. */
  login (url: URL): Promise<URL>
  /** Opens a page, or sends its form; follows redirects as long as they stay with the same server. */
  open (url: URL, form?: URLSearchParams): Promise<Page>
}

/** A page as the browser got it. */
export interface Page {
  readonly url: URL
  readonly status: number
  readonly html: string
}

/** Who signs in, and whether this user consents. */
export interface UserOptions {
  readonly email?: string
  /** The user's answer to a request for consent. */
  readonly answer?: 'allow' | 'deny'
}

const MOST_STEPS = 12

/** A user with an empty browser. Default: alice, who allows what she is asked. */
export function createUser ({ email = 'alice@example.com', answer = 'allow' }: UserOptions = {}): User {
  const jar = new Map<string, Cookie>()
  const seen: string[] = []

  async function hop (url: URL, form?: URLSearchParams): Promise<Response> {
    const cookie = [...jar.values()].filter(({ path }) => isUnder(path, url.pathname)).map(({ pair }) => pair).join('; ')
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { accept: 'text/html', cookie },
      signal: AbortSignal.timeout(10_000),
      ...(form && { method: 'POST', body: form })
    })
    for (const line of response.headers.getSetCookie()) {
      const { name, gone, ...cookie } = readCookie(line)
      if (gone) jar.delete(`${name} ${cookie.path}`)
      else jar.set(`${name} ${cookie.path}`, cookie)
    }
    return response
  }

  async function open (url: URL, form?: URLSearchParams): Promise<Page> {
    const { origin } = url
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const response = await hop(url, form)
      const location = response.headers.get('location')
      if (location === null) return { url, status: response.status, html: await response.text() }
      url = new URL(location, url)
      form = undefined
      // This is the client's redirect URL, which no server has to answer.
      if (url.origin !== origin) return { url, status: response.status, html: '' }
    }
    throw new Error(`still redirected after ${MOST_STEPS} steps, to ${url}`)
  }

  return {
    seen,
    open,
    async login (start) {
      let page = await open(start)
      while (page.html !== '') {
        if (page.status !== 200 || seen.length > MOST_STEPS) throw new Error(`stuck at ${page.url}: ${page.status} ${page.html}`)
        seen.push(headingOf(page.html))
        const { action, fields } = fillIn(page.html, { username: email, answer })
        page = await open(new URL(action, page.url), fields)
      }
      return page.url
    }
  }
}

/** The heading of a page. */
export function headingOf (html: string): string {
  return decode(/<h1>(.*?)<\/h1>/s.exec(html)?.[1] ?? '')
}

/** The form of a page with its own values and the chosen ones. */
export function fillIn (html: string, chosen: Readonly<Record<string, string>>): { action: string, fields: URLSearchParams } {
  const { action = '' } = attributesOf(/<form [^>]*>/.exec(html)?.[0] ?? '')
  const fields = new URLSearchParams()
  for (const [tag] of html.matchAll(/<(?:input|button) [^>]*>/g)) {
    const { name, value = '', type } = attributesOf(tag)
    const isChoice = type === 'radio' || tag.startsWith('<button')
    if (name !== undefined && (!isChoice || value === chosen[name])) fields.append(name, value)
  }
  return { action, fields }
}

function attributesOf (tag: string): Partial<Record<string, string>> {
  return Object.fromEntries([...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value = '']) => [name, decode(value)]))
}

function decode (text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
}

interface Cookie {
  readonly pair: string
  readonly path: string
}

function readCookie (line: string): Cookie & { name: string, gone: boolean } {
  const [pair = '', ...attributes] = line.split('; ')
  return {
    name: pair.slice(0, pair.indexOf('=')),
    pair,
    path: attributes.find(attribute => attribute.startsWith('path='))?.slice(5) ?? '/',
    gone: attributes.includes('expires=Thu, 01 Jan 1970 00:00:00 GMT')
  }
}

function isUnder (path: string, pathname: string): boolean {
  return pathname === path || pathname.startsWith(path.replace(/\/?$/, '/'))
}
