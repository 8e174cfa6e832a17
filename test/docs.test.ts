import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { ROOT } from './support/root.ts'

const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'bench/README.md', ...readdirSync(join(ROOT, 'docs')).map(name => `docs/${name}`)]
// A path of this project in backticks, such as `auth/reasons.ts` or `test/support/`.
const PATH = /`((?:[\w.-]+\/)+(?:[\w.-]+\.(?:ts|md|sh|conf))?)`/g
// Files and folders that the reader or a command makes.
const MADE = new Set(['tools/add.ts', 'test/tools/add.test.ts', 'tools/shared/', 'dist/', 'results/', 'test/README.md', 'test/ACCEPTANCE.md'])
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }

for (const page of PAGES) {
  t.test(`${page} names only links, files and commands that exist`, async t => {
    const text = readFileSync(join(ROOT, page), 'utf8')
    const links = found(text, /\]\((?!https?:)([^)#]+)[^)]*\)/g).map(link => join(dirname(page), link)).filter(path => !MADE.has(path))
    const paths = found(text, PATH).filter(path => !MADE.has(path))
    const missing = [...links, ...paths].filter(path => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, dirname(page), path)))
    t.strictSame(missing, [])

    const commands = found(text, /npm run (?:-s )?([\w:]+)/g)
    t.strictSame(commands.filter(name => scripts[name] === undefined), [])
  })
}

/** The sentences that the pages must have, by row of ACCEPTANCE.md. */
for (const [title, page, words] of [
  ['F-T6 docs/tools.md says when to throw a ToolError and where to look for other errors', 'docs/tools.md', /Throw a `ToolError` if .*`X-Request-Id`.*`data\.requestId`/],
  ['F-T12 docs/tools.md has the command for a package with a native part', 'docs/tools.md', /`npm rebuild <package> --ignore-scripts=false`/],
  ['F-R6 docs/security.md has the limits of a message', 'docs/security.md', /`BODY_LIMIT`.* 64 levels .*batch of at most 20/],
  ['F-R8 README.md says that notifications/cancelled stops nothing', 'README.md', /closes the connection.*`notifications\/cancelled`.*stops nothing/],
  ['F-R8 docs/tools.md says that notifications/cancelled has no effect', 'docs/tools.md', /Closing the connection is the only way to cancel.*`notifications\/cancelled`.*no effect/],
  ['F-R8 mcp/context.ts says that notifications/cancelled has no effect', 'mcp/context.ts', /Closing the connection is the only way to cancel: `notifications\/cancelled` has no effect/],
  ['F-C8 README.md says how to use an outgoing proxy', 'README.md', /outgoing proxy.*`NODE_USE_ENV_PROXY=1`/],
  ['F-C9 docs/deployment.md says where the well-known document goes behind nginx', 'docs/deployment.md', /nginx[^]*\.well-known\/oauth-protected-resource/]
] as const) t.test(title, async t => { t.match(readFileSync(join(ROOT, page), 'utf8'), words) })

function found (text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, match]) => match as string)
}
