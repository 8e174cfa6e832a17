import { resolve } from 'node:path'
import { makePair, type SigningPair } from '../../../dev/signing.ts'
import { startCallers, type Answer, type CallerKind } from './callers.ts'
import { outputFaults } from '../../support/log-check.ts'
import { check, report, tally } from './book.ts'
import { startDrillIssuer, type Ailment, type DrillIssuer } from './issuer.ts'
import { startServer } from './server.ts'
import { expiredToken, forgedToken, goodToken, unknownToken } from './tokens.ts'

/**
 * Failures of the issuer, under constant load: `tsx test/assurance/drill/main.ts [dist/server.js]`. Two servers run as processes. One
 * has short lifetimes and sees everything that can happen to an issuer; the other has a long one, so that whatever it
 * asks its own issuer for is due to unknown keys.
 */
const [TTL, COOLDOWN, TIMEOUT, MAX_STALE, SLOW_COOLDOWN] = [2, 1, 1, 8, 2]
// Milliseconds that a busy machine may add to each limit.
const SLACK_MS = 1000

interface Phase {
  readonly name: string
  readonly seconds: number
  readonly ailments?: readonly Ailment[]
  readonly begin?: () => unknown
}

const built = process.argv[2] && resolve(process.argv[2])
const issuer = await startDrillIssuer()
const quiet = await startDrillIssuer()
const server = await startServer(issuer.url, { JWKS_CACHE_TTL: `${TTL}`, JWKS_COOLDOWN: `${COOLDOWN}`, JWKS_TIMEOUT: `${TIMEOUT}`, JWKS_MAX_STALE: `${MAX_STALE}`, CLOCK_TOLERANCE: '0', LOG_LEVEL: 'info' }, built)
const flooded = await startServer(quiet.url, { JWKS_CACHE_TTL: '600', JWKS_COOLDOWN: `${SLOW_COOLDOWN}`, LOG_LEVEL: 'warn' }, built)

// Made ahead, since an issuer that makes a key blocks as long as one that hangs.
const spare = Array.from({ length: 4 }, () => makePair())
let revokedPair: SigningPair | undefined
const withdrawn = new Map<string, number>()
const published = new Map<string, number>()
const phases: readonly Phase[] = [
  { name: 'steady', seconds: 2 },
  { name: 'rotates', seconds: 4, begin: () => { rotate(issuer); rotate(quiet) } },
  { name: 'revokes', seconds: 4, begin: () => revoke(issuer) },
  { name: 'hangs', seconds: 3, ailments: ['hangs'] },
  { name: 'recovers', seconds: 2.5 },
  { name: 'garbage', seconds: 5, ailments: ['HTML', 'no keys', '10 MB', 'redirects'] },
  { name: 'recovers again', seconds: 2.5 },
  { name: 'errors', seconds: 5, ailments: ['truncated', 'status 500', 'status 429', 'resets'] },
  { name: 'rotates anew', seconds: 3, begin: () => { rotate(issuer); rotate(quiet) } },
  { name: 'dead', seconds: MAX_STALE + 2, begin: () => issuer.die() },
  { name: 'back', seconds: 4, begin: () => issuer.comeBack() }
]

const askedBefore: number[] = []
let phase = phases[0] as Phase
let sick: readonly [from: number, to: number] = [Infinity, 0]

const stopCallers = [
  startCallers(server.port, [
    { kind: 'current', perSecond: 100, next: () => goodToken(issuer, issuer.keys[0]) },
    { kind: 'previous', perSecond: 40, next: () => goodToken(issuer, issuer.keys[1]) },
    { kind: 'revoked', perSecond: 20, next: () => goodToken(issuer, revokedPair) },
    { kind: 'expired', perSecond: 20, next: () => ({ token: expiredToken(issuer) }) },
    { kind: 'forged', perSecond: 40, next: () => ({ token: forgedToken(issuer) }) },
    { kind: 'unknown', perSecond: 300, next: () => ({ token: unknownToken(issuer) }) }
  ] satisfies CallerKind[], answer => judge(answer, issuer)),
  startCallers(flooded.port, [
    { kind: 'current (2)', perSecond: 40, next: () => goodToken(quiet, quiet.keys[0]) },
    { kind: 'forged (2)', perSecond: 20, next: () => ({ token: forgedToken(quiet) }) },
    { kind: 'unknown (2)', perSecond: 300, next: () => ({ token: unknownToken(quiet) }) }
  ], answer => judge(answer, quiet))
]
const started = Date.now()
for (const next of phases) {
  phase = next
  askedBefore.push(issuer.asked.length)
  issuer.ailments = phase.ailments ?? []
  if (phase.ailments !== undefined || phase.name === 'dead') sick = [Date.now(), Infinity]
  else if (sick[1] === Infinity) sick = [sick[0], Date.now()]
  await phase.begin?.()
  await new Promise(resolve => setTimeout(resolve, phase.seconds * 1000))
  checkPhase(phase, issuer.asked.slice(askedBefore.at(-1)))
}
await Promise.all(stopCallers.map(stop => stop()))
const seconds = (Date.now() - started) / 1000

check('a flood of unknown keys: at most one request to the issuer for each cooldown', quiet.asked.length <= 2 + seconds / SLOW_COOLDOWN, `${quiet.asked.length} in ${seconds} s`)
for (const one of [server, flooded]) {
  check('the server runs to the end', one.running(), one.output().slice(-500))
  const faults = outputFaults(one.output(), [])
  check('the log has only the lines of docs/operations.md, and no token', faults.length === 0, faults[0] ?? '')
  check('SIGTERM ends it with 0', await one.stop() === 0, one.output().slice(-500))
}
await Promise.all([issuer.die(), quiet.die()])
console.log(`the issuer was asked ${issuer.asked.length} times, the flooded server's ${quiet.asked.length} times, in ${seconds.toFixed(0)} s`)
process.exitCode = report() ? 0 : 1

/** Compares one answer with the state of the issuer while it was made. */
function judge (answer: Answer, { lastGood }: DrillIssuer): void {
  const { kind, status, sentAt, at, kid } = answer
  tally(phase.name, `${kind} ${status}`)
  const description = `${kind} ${status} in ${phase.name}, ${((sentAt - started) / 1000).toFixed(1)} s after the start`
  const isFlooded = kind.endsWith('(2)')
  const isSick = !isFlooded && at > sick[0] && sentAt < sick[1] + TIMEOUT * 1000 + COOLDOWN * 1000 + SLACK_MS

  check('every call is answered', status !== 0, description)
  check('no 5xx but 503', status < 500 || status === 503, description)
  check('503 only where the issuer is unwell', status !== 503 || isSick, description)
  check('503 says when to try again, and asks nobody to log in', status !== 503 || (Number(answer.retryAfter) >= 1 && answer.challenge === undefined), description)
  check('401 has its challenge', status !== 401 || (answer.challenge ?? '').startsWith('Bearer error="invalid_token"'), description)
  check('nothing is stored', answer.cacheControl === 'no-store', description)

  if (/^(?:forged|expired|unknown)/.test(kind)) check('forged, expired and unknown tokens are never accepted', status === 401 || status === 503, description)
  else if (at >= (withdrawn.get(kid ?? '') ?? Infinity)) {
    const since = withdrawn.get(kid ?? '') ?? Infinity
    if (sentAt > since + (TTL + TIMEOUT) * 1000) check('a revoked key is refused within its lifetime and one fetch', status !== 200, description)
  } else {
    const cooldown = isFlooded ? SLOW_COOLDOWN : COOLDOWN
    const isKnown = lastGood.kids.has(kid ?? '') && at < lastGood.at + (isFlooded ? 600 : MAX_STALE) * 1000 - SLACK_MS
    const isNew = sentAt < (published.get(kid ?? '') ?? 0) + (cooldown + TIMEOUT) * 1000 + SLACK_MS
    if (isKnown && !isNew) check('no good caller is refused while a usable key is known', status === 200, description)
    if (!isSick && !isNew) check('while the issuer is well, every good caller is served; a new key after one cooldown at most', status === 200, description)
    check('good tokens are never called anything but new or unavailable', status === 200 || status === 503 || (status === 401 && isNew), description)
    if (phase.name === 'dead' && sentAt > lastGood.at + MAX_STALE * 1000 + SLACK_MS && !isFlooded) check('keys do not serve for ever while the issuer is dead', status === 503, description)
    if (phase.name === 'back' && at > sick[1] + (COOLDOWN + TIMEOUT) * 1000 + SLACK_MS) check('once the issuer is back, so are the callers', status === 200, description)
  }
}

function checkPhase ({ name, seconds, ailments = [] }: Phase, asked: DrillIssuer['asked']): void {
  // When well, it is asked ahead of each lifetime's end, and for unknown keys; when not, once in a cooldown, and again
  // where the socket broke.
  const most = Math.ceil(ailments.length > 0 ? 2 * seconds / COOLDOWN : seconds / (0.8 * TTL) + seconds / COOLDOWN) + 2
  check('the issuer is not asked more often than lifetimes and cooldown allow', asked.length <= most, `${asked.length} requests in ${name}, ${most} at the most`)
  for (const ailment of ailments) check('every bad answer was given', asked.some(({ how }) => how === ailment), ailment)
  tally(name, `asked ${asked.length}`)
}

function rotate ({ keys }: DrillIssuer): void {
  const pair = spare.pop() as SigningPair
  published.set(pair.kid, Date.now())
  keys.unshift(pair)
}

function revoke ({ keys }: DrillIssuer): void {
  const [gone] = keys.splice(1, 1)
  if (gone === undefined) return
  revokedPair = gone
  withdrawn.set(gone.kid, Date.now())
}
