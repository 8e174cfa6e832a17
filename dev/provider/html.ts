import { html, type Html } from '../../page/html.ts'

export { html } from '../../page/html.ts'

/** A whole page with a heading, as text. It loads no script, font or image. */
export function page (title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – development issuer</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
<footer>Development issuer: stands in for Auth0 on this machine and protects nothing.</footer>
</body>
</html>
`.html
}

/** The headers of every page. */
export const pageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  // No `form-action`: browsers apply it to the redirect that follows a form, which leads to the client.
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff'
}

const style: Html = {
  html: `
:root {
  color-scheme: light dark; font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  --ground: #f6f6f9; --surface: #fff; --ink: #191a23; --soft: #575969; --line: #dfe0e8; --edge: #8a8c9c; --accent: #4f46e5; --on-accent: #fff; --tint: #eeedfd; --bad: #b42318
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #0e0f15; --surface: #171922; --ink: #ecedf4; --soft: #a7a9bb; --line: #2b2e3b; --edge: #6d7084; --accent: #a5a0ff; --on-accent: #14122e; --tint: #24223f; --bad: #ff8f85 }
}
* { box-sizing: border-box }
body { display: grid; gap: 1.25rem; justify-items: center; margin: 0; padding: clamp(1.5rem, 8vh, 5rem) 1rem; background: radial-gradient(60rem 24rem at 50% -10rem, var(--tint), transparent) no-repeat var(--ground); color: var(--ink) }
main { width: 100%; max-width: 27rem; padding: 1.75rem clamp(1.25rem, 5vw, 2rem) 2rem; background: var(--surface); border: 1px solid var(--line); border-radius: 1rem; box-shadow: 0 1px 2px #0000000d, 0 16px 40px -22px #0000004d }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.2; letter-spacing: -.015em; overflow-wrap: anywhere }
p, dd, li { overflow-wrap: anywhere }
code { font: .875em ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace }
a { color: var(--accent) }
fieldset { display: grid; gap: .5rem; margin: 0 0 1rem; padding: 0; border: 0 }
legend { padding: 0; margin-bottom: .4rem; font-weight: 600 }
label { display: block; padding: .25rem 0 }
fieldset label { display: grid; grid-template-columns: auto 1fr; column-gap: .75rem; padding: .6rem .9rem; border: 1px solid var(--line); border-radius: .6rem; cursor: pointer }
fieldset label:has(:checked) { border-color: var(--accent); background: var(--tint) }
fieldset small { grid-column: 2 }
input { accent-color: var(--accent) }
input[type=radio] { align-self: center; margin: 0 }
input[type=password] { width: 100%; padding: .55rem .8rem; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--edge); border-radius: .6rem }
ul { padding-left: 1.25rem }
li small { display: block }
dl { font-size: .85rem }
dt { margin-top: .5rem; color: var(--soft) }
dd { margin: 0 }
main > :last-child { margin-bottom: 0 }
button { padding: .55rem 1.25rem; font: inherit; font-weight: 600; cursor: pointer; border: 1px solid var(--edge); border-radius: .55rem; background: none; color: inherit }
button.main { border-color: transparent; background: var(--accent); color: var(--on-accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
[role=alert] { padding: .5rem 1rem; border-left: 4px solid var(--bad); border-radius: 0 .5rem .5rem 0; background: var(--ground) }
small, footer { color: var(--soft); font-size: .85rem }
`
}
