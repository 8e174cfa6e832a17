import { createHmac } from 'node:crypto'

/** One way to spoil a token. `at` is any number, `char` one character, `other` another good token. */
export type Mutation = (token: string, at: number, char: string, other: string) => string

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Every mutation, by name. The result is the token itself if there was nothing to change. */
export const mutations: Readonly<Record<string, Mutation>> = {
  replace: (token, at, char) => splice(token, at % token.length, 1, char),
  insert: (token, at, char) => splice(token, at % (token.length + 1), 0, char),
  remove: (token, at) => splice(token, at % token.length, 1, ''),
  double: (token, at) => splice(token, at % token.length, 0, token.charAt(at % token.length)),
  swap: (token, at) => {
    const i = at % (token.length - 1)
    return splice(token, i, 2, token.charAt(i + 1) + token.charAt(i))
  },
  case: (token, at) => {
    const i = at % token.length
    const char = token.charAt(i)
    return splice(token, i, 1, char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())
  },
  truncate: (token, at) => token.slice(0, at % token.length),
  behead: (token, at) => token.slice(1 + at % token.length),
  bit: onSegment((bytes, at) => {
    const i = at % bytes.length
    bytes[i] = (bytes[i] as number) ^ (1 << (at % 8))
    return bytes
  }),
  zeros: onSegment((bytes, at) => Buffer.concat(at % 2 === 0 ? [bytes, Buffer.alloc(1)] : [Buffer.alloc(1), bytes])),
  // The same bytes in another spelling: the last character has unused bits.
  spare: (token, at) => onSegments(token, at, segment => {
    const last = ALPHABET.indexOf(segment.slice(-1))
    const spare = segment.length % 4 === 2 ? 16 : segment.length % 4 === 3 ? 4 : 1
    return segment.slice(0, -1) + ALPHABET.charAt(last - last % spare + (last + 1 + at % Math.max(1, spare - 1)) % spare)
  }),
  padded: (token, at) => onSegments(token, at, segment => segment + '='.repeat(1 + at % 2)),
  base64: (token, at) => onSegments(token, at, segment => segment.replaceAll('-', '+').replaceAll('_', '/')),
  standard: (token, at) => onSegments(token, at, segment => Buffer.from(segment, 'base64url').toString('base64')),
  twice: (token, at) => onSegments(token, at, segment => Buffer.from(segment).toString('base64url')),
  empty: (token, at) => onSegments(token, at, () => ''),
  // The same JSON in another spelling, which the signature does not cover.
  respelled: (token, at) => {
    const [header = '', payload = '', signature = ''] = token.split('.')
    const [one, two] = at % 2 === 0 ? [respell(header, at), payload] : [header, respell(payload, at)]
    return `${one}.${two}.${signature}`
  },
  segment: (token, at, _char, other) => {
    const segments = token.split('.')
    segments[at % 3] = other.split('.')[at % 3] ?? ''
    return segments.join('.')
  },
  order: (token, at) => {
    const [a = '', b = '', c = ''] = token.split('.')
    return [[b, a, c], [a, c, b], [c, b, a], [b, c, a]][at % 4]?.join('.') ?? ''
  },
  unsigned: (token, at) => {
    const [, payload = ''] = token.split('.')
    const alg = ['none', 'None', 'NONE', 'nOnE'][at % 4]
    return `${Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url')}.${payload}.`
  },
  hmac: (token, at, char) => {
    const [, payload = ''] = token.split('.')
    const input = `${Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT', kid: char })).toString('base64url')}.${payload}`
    return `${input}.${createHmac('sha256', ['', 'secret', token][at % 3] ?? '').update(input).digest('base64url')}`
  },
  detached: token => token.replace(/\..*\./, '..'),
  more: (token, at, _char, other) => `${token}.${other.split('.')[at % 3]}`,
  less: (token, at) => token.split('.').filter((_segment, i) => i !== at % 3).join('.'),
  both: (token, at, _char, other) => at % 2 === 0 ? token + other : `${token}.${other}`,
  json: token => {
    const [header = '', payload, signature] = token.split('.')
    return Buffer.from(JSON.stringify({ payload, signature, protected: header })).toString('base64url')
  }
}

/** The names of all mutations. */
export const mutationNames = Object.keys(mutations)

function splice (text: string, at: number, count: number, insert: string): string {
  return text.slice(0, at) + insert + text.slice(at + count)
}

function onSegments (token: string, at: number, change: (segment: string) => string): string {
  return token.split('.').map((segment, i) => i === at % 3 ? change(segment) : segment).join('.')
}

function onSegment (change: (bytes: Buffer, at: number) => Buffer): Mutation {
  return (token, at) => onSegments(token, at, segment => change(Buffer.from(segment, 'base64url'), Math.floor(at / 3)).toString('base64url'))
}

function respell (segment: string, at: number): string {
  const text = Buffer.from(segment, 'base64url').toString()
  const spelled = [` ${text}`, `${text}\n`, text.replace(':', ' :'), text.replace('{', '{"x":1,'), text.replace(/"(\w)/, (_all, first: string) => `"\\u00${first.charCodeAt(0).toString(16)}`)]
  return Buffer.from(spelled[Math.floor(at / 2) % spelled.length] ?? '').toString('base64url')
}
