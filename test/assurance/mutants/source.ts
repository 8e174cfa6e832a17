import ts from 'typescript'

interface Token {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** The place of a piece of code in a text, as two offsets. */
export interface Place {
  readonly start: number
  readonly end: number
}

/** After one of these a slash divides; anywhere else it starts a regular expression. */
const VALUES = new Set([
  ts.SyntaxKind.Identifier, ts.SyntaxKind.PrivateIdentifier, ts.SyntaxKind.ThisKeyword,
  ts.SyntaxKind.NumericLiteral, ts.SyntaxKind.BigIntLiteral, ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral, ts.SyntaxKind.TemplateTail,
  ts.SyntaxKind.CloseParenToken, ts.SyntaxKind.CloseBracketToken, ts.SyntaxKind.CloseBraceToken
])

/**
 * Finds a piece of TypeScript in a source text. The two are compared token by token, so white space, line breaks and
 * comments do not count. A string, a template or a regular expression is one token: `find` holds it as a whole.
 */
export function findCode (source: string, find: string): Place[] {
  const [hay, needle] = [tokensOf(source), tokensOf(find)]
  const places: Place[] = []
  for (let i = 0; needle.length > 0 && i + needle.length <= hay.length; i++) {
    if (needle.every(({ text }, j) => hay[i + j]?.text === text)) {
      places.push({ start: (hay[i] as Token).start, end: (hay[i + needle.length - 1] as Token).end })
    }
  }
  return places
}

/** Puts `replace` in the one place where `find` stands. Throws if there is no such place, or more than one. */
export function replaceCode (source: string, find: string, replace: string): string {
  const [place, ...more] = findCode(source, find)
  if (place === undefined || more.length > 0) throw new Error(`found ${place === undefined ? 0 : more.length + 1} times`)
  return source.slice(0, place.start) + replace + source.slice(place.end)
}

function tokensOf (text: string): Token[] {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, text)
  const tokens: Token[] = []
  // Whether the next closing brace ends a block or a substitution in a template.
  const braces: Array<'block' | 'template'> = []
  let last = ts.SyntaxKind.Unknown

  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (isSlash(kind) && !VALUES.has(last)) kind = scanner.reScanSlashToken()
    if (kind === ts.SyntaxKind.OpenBraceToken) braces.push('block')
    if (kind === ts.SyntaxKind.TemplateHead) braces.push('template')
    if (kind === ts.SyntaxKind.CloseBraceToken && braces.at(-1) === 'template') kind = scanner.reScanTemplateToken(false)
    if (kind === ts.SyntaxKind.CloseBraceToken || kind === ts.SyntaxKind.TemplateTail) braces.pop()
    tokens.push({ text: scanner.getTokenText(), start: scanner.getTokenStart(), end: scanner.getTokenEnd() })
    last = kind
  }
  return tokens
}

function isSlash (kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.SlashToken || kind === ts.SyntaxKind.SlashEqualsToken
}
