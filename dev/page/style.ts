/** The style of what `npm run dev` adds to the page. It uses the colours of the page's own. */
export const STYLE = `
.try { display: none }
.scripted .try { display: block }
.try h2 { display: flex; flex-wrap: wrap; gap: .4rem .8rem; align-items: center }
.try h2 .chip { font-weight: 500; letter-spacing: 0 }
.demo { display: grid; gap: 1rem 2rem; grid-template-columns: minmax(0, 1fr) }
.demo h3:focus { outline: none }
.demo p, .demo ul, .demo form { margin-top: .6rem }
p.about code { white-space: nowrap }
.about { color: var(--soft); font-size: .95rem }
.users { padding: 0; list-style: none; display: grid; gap: .2rem }
.actions { display: flex; flex-wrap: wrap; gap: .5rem }
.demo .actions { margin-top: 1rem }
.demo .result { display: flex; gap: .65rem; align-items: baseline; margin-top: 1rem; padding: .65rem .9rem; border-radius: .6rem; background: var(--sunken); overflow-wrap: anywhere }
.demo .result:empty { display: none }
.result::before { flex: none; display: inline-grid; place-items: center; width: 1.35rem; height: 1.35rem; border-radius: 50%; font-size: .8rem; font-weight: 700; color: var(--surface); background: var(--soft); content: "…" / "" }
.result[data-state=good]::before { background: var(--good); content: "✓" / "" }
.result[data-state=bad]::before { background: var(--bad); content: "!" / "" }

.demo label { display: block; font-weight: 600; font-size: .9rem; margin-bottom: .3rem }
.demo textarea { display: block; width: 100%; min-height: 6.5rem; padding: .7rem .9rem; font: .85rem/1.5 var(--mono); color: var(--ink); background: var(--sunken); border: 1px solid var(--edge); border-radius: .6rem; resize: vertical; word-break: break-all }

.outcome { align-self: start; margin: 0; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: .8rem; overflow: hidden }
.outcome:empty { display: none }
#identity header { display: flex; gap: .9rem; align-items: center; padding: 1rem 1.1rem; background: linear-gradient(120deg, var(--tint), transparent) }
#identity .face { flex: none; display: grid; place-items: center; width: 2.8rem; height: 2.8rem; border-radius: 50%; background: var(--accent); color: var(--on-accent); font-weight: 700; font-size: 1.2rem }
#identity h4 { margin: 0; font-size: 1rem; color: var(--ink); overflow-wrap: anywhere }
#identity header p { margin: 0; font-size: .9rem; color: var(--soft) }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .5rem 1.1rem; padding: 1rem 1.1rem 1.1rem; font-size: .9rem }
.facts dt { color: var(--soft) }
.facts dd { overflow-wrap: anywhere }
.facts .chip { display: inline-block }

#verdicts > li { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 .75rem; padding: .7rem 1rem; overflow-wrap: anywhere }
#verdicts > li + li { border-top: 1px solid var(--line) }
#verdicts .mark { grid-row: 1 / 3; display: grid; place-items: center; width: 1.35rem; height: 1.35rem; margin-top: .15rem; border-radius: 50%; color: var(--surface); font-size: .8rem; font-weight: 700 }
#verdicts .passed .mark { background: var(--good) }
#verdicts .failed .mark { background: var(--bad) }
#verdicts .failed { background: color-mix(in srgb, var(--bad) 7%, transparent) }
#verdicts strong { font-weight: 600 }
#verdicts .found { grid-column: 2; color: var(--soft); font-size: .9rem }
#verdicts dl { grid-column: 2; display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem .9rem; margin-top: .15rem; font-size: .9rem }
#verdicts dt { color: var(--soft) }
@media (min-width: 60rem) {
  .demo { grid-template-columns: minmax(0, 5fr) minmax(0, 6fr) }
  .demo > div:first-child { position: sticky; top: 1rem; align-self: start }
  .outcome:empty { display: grid; place-items: center; align-self: stretch; min-height: 8rem; border-style: dashed; color: var(--soft); font-size: .95rem }
  #identity:empty::before { content: "The identity will stand here." / "" }
  #verdicts:empty::before { content: "The verdicts will stand here." / "" }
}
@media (max-width: 30rem) {
  .facts, #verdicts dl { grid-template-columns: minmax(0, 1fr); gap: 0 }
  .facts dd + dt, #verdicts dd + dt { margin-top: .5rem }
  .actions button { flex: 1 1 auto }
}
`
