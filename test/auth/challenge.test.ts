import t from 'tap'
import { build, METADATA } from '../support/build.ts'
import { send } from '../support/refusals.ts'

t.test('B20 writes a challenge that three kinds of client parsers read alike', async t => {
  const setup = await build(t)
  for (const ask of [{}, 'opaque', setup.issuer.token({ exp: 2, iat: 1 })]) {
    for (let times = 0; times < 2; times++) {
      const { headers, statusCode } = await send(setup, ask)
      const header = headers['www-authenticate']
      if (typeof header !== 'string') return t.fail('not exactly one challenge')
      t.equal(statusCode, 401)
      t.match(header, /^Bearer /)
      t.equal(header.match(/resource_metadata=/g)?.length, 1)

      const expected = { resource_metadata: METADATA, scope: 'tool:whoami' }
      t.match(byRegex(header), expected, 'as the TypeScript SDK reads it')
      t.match(byToggle(header), expected, 'as VS Code reads it')
      t.match(byGrammar(header), expected, 'as RFC 9110 §11.2 has it')
    }
  }
})

function byRegex (header: string): Record<string, string | undefined> {
  const field = (name: string): string | undefined => {
    const [, quoted, plain] = header.match(new RegExp(`${name}=(?:"([^"]+)"|([^\\s,]+))`)) ?? []
    return quoted ?? plain
  }
  return { resource_metadata: field('resource_metadata'), scope: field('scope') }
}

function byToggle (header: string): Record<string, string> {
  const parts = ['']
  let quoted = false
  for (const char of header.slice('Bearer '.length)) {
    if (char === '"') quoted = !quoted
    if (char === ',' && !quoted) parts.push('')
    else parts[parts.length - 1] += char
  }
  return Object.fromEntries(parts.map(part => [part.split('=', 1)[0]?.trim(), part.slice(part.indexOf('=') + 1).trim().replace(/^"|"$/g, '')]))
}

function byGrammar (header: string): Record<string, string> {
  const parameters: Record<string, string> = {}
  const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
  let rest = header.replace(/^Bearer +/, '')
  while (rest !== '') {
    const found = new RegExp(`^(${token})[ \\t]*=[ \\t]*(?:(${token})|"((?:[\\t !#-\\[\\]-~]|\\\\.)*)")[ \\t]*(?:,[ \\t]*|$)`).exec(rest)
    if (found === null) throw new Error(`not auth-param: ${rest}`)
    parameters[found[1] as string] = found[2] ?? found[3] as string
    rest = rest.slice(found[0].length)
  }
  return parameters
}
