/** The style of the page: light and dark, from 320 px on, without fonts or images of its own. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f6f9; --surface: #fff; --sunken: #f1f1f6; --ink: #191a23; --soft: #575969; --line: #dfe0e8; --edge: #8a8c9c;
  --accent: #4f46e5; --on-accent: #fff; --tint: #eeedfd; --good: #0b7a4b; --bad: #b42318; --warn: #8a5a00; --warn-tint: #fdf4e1;
  --key: #4338ca; --string: #0b6b4f; --value: #a1440b;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e0f15; --surface: #171922; --sunken: #10121a; --ink: #ecedf4; --soft: #a7a9bb; --line: #2b2e3b; --edge: #6d7084;
    --accent: #a5a0ff; --on-accent: #14122e; --tint: #24223f; --good: #54d69c; --bad: #ff8f85; --warn: #f2c063; --warn-tint: #2a2314;
    --key: #b3b0ff; --string: #7fd9b4; --value: #f0b27f;
  }
}
* { box-sizing: border-box }
body { margin: 0; background: radial-gradient(70rem 28rem at 85% -12rem, var(--tint), transparent) no-repeat var(--ground); color: var(--ink); -webkit-text-size-adjust: 100% }
main, .top, footer { width: 100%; max-width: 66rem; margin: 0 auto; padding: 0 1.25rem }
main:focus { outline: none }
h1, h2, h3, h4, p, ol, ul, dl, dd { margin: 0 }
h1 { font-size: clamp(1.9rem, 1.2rem + 3.2vw, 3rem); line-height: 1.12; letter-spacing: -.025em; text-wrap: balance }
h2 { font-size: 1.35rem; letter-spacing: -.012em; margin-bottom: 1rem }
h3 { font-size: 1.1rem }
h4 { font-size: .85rem; font-weight: 600; color: var(--soft); margin: 1.25rem 0 .4rem }
a { color: var(--accent) }
code, pre { font-family: var(--mono); font-size: .875em }
pre code { font-size: inherit }
[hidden] { display: none !important }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .3rem }

.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.skip { position: absolute; left: 1rem; top: -4rem; padding: .5rem 1rem; background: var(--surface); border-radius: .4rem; z-index: 1 }
.skip:focus { top: .75rem }

.top { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: center; justify-content: space-between; padding-top: 1.25rem; padding-bottom: 1.25rem }
.brand { display: flex; gap: .65rem; align-items: center; font-weight: 600 }
.brand svg { flex: none }
.version { font-weight: 400; color: var(--soft) }
.readiness { display: inline-flex; gap: .5rem; align-items: center; padding: .15rem .8rem; border: 1px solid var(--line); border-radius: 2rem; background: var(--surface); font-size: .875rem; color: var(--soft) }
.readiness::before { content: ""; width: .6rem; height: .6rem; border-radius: 50%; background: var(--soft) }
.readiness[data-state=good] { color: var(--ink) }
.readiness[data-state=good]::before { background: var(--good); box-shadow: 0 0 0 3px color-mix(in srgb, var(--good) 22%, transparent) }
.readiness[data-state=bad] { color: var(--bad) }
.readiness[data-state=bad]::before { background: var(--bad) }

.hero { padding: clamp(1.25rem, 4vw, 3rem) 0 clamp(2rem, 4vw, 3rem) }
.lead { margin-top: 1rem; max-width: 44rem; font-size: 1.1rem; color: var(--soft) }
.label { font-size: .8rem; font-weight: 600; color: var(--soft) }
.endpoint { display: grid; grid-template-columns: 1fr auto; gap: .1rem 1rem; align-items: center; margin-top: 2rem; padding: 1rem 1.1rem; background: var(--surface); border: 1px solid var(--line); border-radius: .9rem; box-shadow: 0 1px 2px #0000000d, 0 12px 32px -18px #0000003d }
.endpoint .label { grid-column: 1 }
.endpoint code { grid-column: 1; font-size: clamp(.9rem, .6rem + 1.4vw, 1.2rem); overflow-x: auto; white-space: nowrap; padding: .15rem 0 }
.endpoint .copy { grid-column: 2; grid-row: 1 / 3 }
main > section { margin-bottom: 3rem }

button, .button { display: inline-block; font: inherit; font-size: .9rem; font-weight: 600; line-height: 1.4; padding: .5rem 1rem; border: 1px solid transparent; border-radius: .55rem; background: var(--accent); color: var(--on-accent); text-decoration: none; cursor: pointer }
button:hover, .button:hover { filter: brightness(1.08) }
button:disabled { opacity: .6; cursor: default }
button.quiet { background: none; border-color: var(--edge); color: var(--ink) }
button.quiet:hover { background: var(--sunken); filter: none }
.code .copy { position: absolute; top: .45rem; right: .45rem; padding: .2rem .65rem; font-size: .8rem; background: var(--surface); border-color: var(--line); color: var(--ink); box-shadow: 0 0 0 calc(.45rem - 1px) var(--sunken), -1rem 0 .5rem .2rem var(--sunken) }
.code { position: relative }
pre { margin: 0; padding: .8rem 1rem; overflow-x: auto; background: var(--sunken); border: 1px solid var(--line); border-radius: .6rem; line-height: 1.55; tab-size: 2 }
.code pre { padding-right: 5.2rem }
.command pre { white-space: pre-wrap; overflow-wrap: anywhere }
.key { color: var(--key) } .string { color: var(--string) } .value { color: var(--value) }

.card, .tabs { background: var(--surface); border: 1px solid var(--line); border-radius: .9rem }
.card { padding: 1.25rem 1.4rem }
.card + .card { margin-top: 1rem }
.tablist { display: none }
.scripted .tablist { display: flex; gap: .2rem; overflow-x: auto; padding: .5rem; border-bottom: 1px solid var(--line); scrollbar-width: thin }
[role=tab] { flex: none; text-align: left; background: none; color: var(--soft); font-weight: 500; padding: .45rem .8rem }
[role=tab]:hover { color: var(--ink); background: var(--sunken); filter: none }
[role=tab][aria-selected=true] { background: var(--tint); color: var(--accent); font-weight: 600 }
[role=tab]:focus-visible { outline-offset: -2px }
.panels { min-width: 0 }
.panel { padding: 1.25rem 1.4rem 1.5rem }
.panel > p { margin-top: .5rem }
.panel .trap { margin-top: 1.25rem; padding: .7rem 1rem; border-left: 3px solid var(--warn); border-radius: 0 .5rem .5rem 0; background: var(--warn-tint); font-size: .95rem; overflow-wrap: anywhere }
.trap strong { margin-right: .35rem; color: var(--warn) }
.panel .button { margin: .1rem 0 .6rem }
details { margin-top: 1rem }
summary { cursor: pointer; font-size: .95rem; font-weight: 600 }
summary .about { font-weight: 400; color: var(--soft) }
details > pre, details > ul { margin-top: .6rem }
.callbacks ul { padding-left: 1.2rem }
.callbacks code, .steps code { overflow-wrap: anywhere }

.tool h3 { display: flex; flex-wrap: wrap; gap: .2rem .7rem; align-items: baseline }
.tool h3 code { color: var(--soft); font-weight: 500; overflow-wrap: anywhere }
.description { margin-top: .35rem; white-space: pre-line; overflow-wrap: anywhere }
.chips { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; margin-top: .8rem }
.chip { padding: .1rem .6rem; border-radius: 1rem; background: var(--tint); color: var(--accent); font-size: .82rem; overflow-wrap: anywhere }
.chip.hint { background: var(--sunken); color: var(--soft) }

.steps { display: grid; gap: 1rem; padding: 0; list-style: none; counter-reset: step }
.steps li { counter-increment: step; padding: 1.1rem 1.3rem; background: var(--surface); border: 1px solid var(--line); border-radius: .9rem; min-width: 0 }
.steps li::before { content: counter(step); display: grid; place-items: center; width: 1.8rem; height: 1.8rem; margin-bottom: .6rem; border-radius: 50%; background: var(--tint); color: var(--accent); font-weight: 700; font-size: .9rem }
footer { padding-top: 1.5rem; padding-bottom: 2.5rem; color: var(--soft); font-size: .9rem; border-top: 1px solid var(--line) }

@media (min-width: 48rem) {
  .scripted .tabs { display: grid; grid-template-columns: 14rem minmax(0, 1fr) }
  .scripted .tablist { flex-direction: column; border-bottom: 0; border-right: 1px solid var(--line); padding: .7rem }
  .steps { grid-template-columns: repeat(3, minmax(0, 1fr)) }
}
@media (max-width: 30rem) {
  main, .top, footer { padding-left: 1rem; padding-right: 1rem }
  .endpoint { grid-template-columns: 1fr }
  .endpoint .copy { grid-column: 1; grid-row: auto; margin-top: .6rem }
  .panel, .card { padding-left: 1rem; padding-right: 1rem }
  .data pre { padding-right: 1rem }
  .command pre { padding: 2.6rem 1rem .8rem }
}
@media (forced-colors: active) {
  [role=tab][aria-selected=true] { outline: 2px solid }
}
`
