import { figureFaults } from './figures.ts'
import { logFaults } from './logs.ts'
import { nginx, prometheus, stopParts, url } from './parts.ts'
import { book, CALLERS, phases, problems, tokens } from './phases.ts'
import { startRawLoad } from './raw-load.ts'
import { startSdkLoad } from './sdk-load.ts'

const PAUSE_MS = 20
const wanted = process.argv.slice(3)
const stopLoad = [startRawLoad(url, CALLERS, PAUSE_MS, book, caller => tokens[caller] as string), startSdkLoad(url, book, caller => tokens[caller] as string)]

// Without this check a run of no phase would pass.
for (const name of wanted.filter(name => !Object.hasOwn(phases, name))) problems.push(`there is no phase called ${name}; there are: ${Object.keys(phases).join(', ')}`)
const started = Date.now()
for (const [name, run] of Object.entries(phases)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const before = { ...book.counts, sent: book.sent }
  book.phase = name
  await run()
  const { lost, wrong, killed, limited } = book.counts
  console.log(`${name.padEnd(16)} sent ${book.sent - before.sent}, lost ${lost - before.lost}, killed ${killed - before.killed}, wrong ${wrong - before.wrong}, limited ${limited - before.limited}`)
}
const figures = await figureFaults()
problems.push(...figures.faults)
book.phase = 'end'
await Promise.all(stopLoad.map(stop => stop()))
const codes = await stopParts()
if (codes.some(code => code !== 0)) problems.push(`servers ended with ${codes.join(' and ')}`)

const logged = logFaults()
problems.push(...logged.faults)
const { lost, wrong, killed, limited, good } = book.counts
for (const fault of [...book.faults, ...problems]) console.log(`FAILED ${fault.replaceAll(/\s+/g, ' ')}`)
for (const line of nginx.logs().split('\n').filter(line => lost > 0 && /\[(?:error|alert|crit)\]/.test(line) && !line.includes('Connection refused')).slice(0, 20)) console.log(`nginx: ${line}`)
console.log(`log: ${logged.lines} lines held to docs/operations.md, and searched for tokens and secrets`)
console.log(`metrics: ${figures.queries} queries of dashboard and alerts ${prometheus === undefined ? 'against a scrape (no prometheus is installed)' : 'asked of a Prometheus that scrapes the servers'}`)
console.log(`requests sent ${book.sent}, good ${good}, lost ${lost}, ended with a killed process ${killed}, refused by limit ${limited}, wrong outcomes ${wrong}, longest pause ${book.longestPause} ms, ${Math.round((Date.now() - started) / 1000)} s`)
process.exitCode = lost + wrong + problems.length === 0 && book.sent > 0 ? 0 : 1
