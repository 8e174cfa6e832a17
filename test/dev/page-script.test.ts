import { runInNewContext } from 'node:vm'
import t from 'tap'
import { SCRIPT } from '../../dev/page/script.ts'

interface FakeElement extends Record<string, unknown> {
  textContent?: string
  click?: () => Promise<void>
}

t.test('the page says what came in place of JSON, as from a proxy that asks for a login', async t => {
  const elements = new Map<string, FakeElement>()
  const document = {
    getElementById (name: string): FakeElement {
      const element = elements.get(name) ?? {
        dataset: { issuer: 'http://issuer/' },
        classList: { toggle () {} },
        replaceChildren () {},
        addEventListener (this: FakeElement, _event: string, listener: () => Promise<void>) { this.click = listener }
      }
      elements.set(name, element)
      return element
    }
  }
  const fetch = async (): Promise<Response> => new Response('<html>', { status: 502, headers: { 'content-type': 'text/html' } })
  runInNewContext(SCRIPT, { document, location: new URL('http://localhost:3000/'), URLSearchParams, URL, crypto, fetch })
  await elements.get('sign-in')?.click?.()
  t.equal(elements.get('sign-in-result')?.textContent, 'The development issuer answers with status 502 and text/html in place of JSON. Something in front of it may answer for it.')
})
