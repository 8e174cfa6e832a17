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
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { display: grid; gap: 1rem; justify-items: center; margin: 0; padding: 3rem 1rem }
main { box-sizing: border-box; width: 100%; max-width: 26rem; padding: 1.5rem 2rem 2rem; border: 1px solid #8886; border-radius: .5rem }
h1 { margin: 0 0 1rem; font-size: 1.4rem; overflow-wrap: anywhere }
p, dd, li { overflow-wrap: anywhere }
fieldset { margin: 0 0 1rem; padding: .5rem 1rem; border: 1px solid #8886; border-radius: .25rem }
label { display: block; padding: .25rem 0 }
fieldset label { display: grid; grid-template-columns: auto 1fr; column-gap: .5rem; cursor: pointer }
fieldset small { grid-column: 2 }
input[type=radio] { align-self: center; margin: 0 }
ul { padding-left: 1.25rem }
li small { display: block }
input[type=password] { box-sizing: border-box; width: 100%; padding: .5rem; font: inherit }
dl { font-size: .85rem }
dt { margin-top: .5rem; opacity: .8 }
dd { margin: 0 }
main > :last-child { margin-bottom: 0 }
button { padding: .5rem 1.25rem; font: inherit; cursor: pointer; border: 1px solid #1a56db; border-radius: .25rem; background: none; color: inherit }
button.main { background: #1a56db; color: #fff }
:focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px }
[role=alert] { padding: .5rem 1rem; border-left: 4px solid #dc2626 }
small, footer { opacity: .8; font-size: .85rem }
`
}
