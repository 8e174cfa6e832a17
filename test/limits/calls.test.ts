import t from 'tap'
import { createRegistry } from '../../mcp/registry.ts'
import { movableClock } from '../support/clock.ts'
import { build, call, request } from '../support/build.ts'
import { BOUNDS, makeTool } from '../support/limited.ts'

t.test('answers the call after the maximum 429 with a true Retry-After, and logs why', async t => {
  const { issuer, post, advance, whoami, logs } = await build(t, { env: BOUNDS })
  const token = issuer.token()
  for (let i = 0; i < 3; i++) t.equal((await whoami(token)).statusCode, 200)
  const { statusCode, headers, body } = await whoami(issuer.token())
  t.equal(statusCode, 429, 'another token of the same caller is the same caller')
  t.match(headers, { 'retry-after': '10', 'content-type': /json/ })
  t.strictSame(JSON.parse(body), { jsonrpc: '2.0', id: 1, error: { code: 429, message: 'Too many calls; try again in 10 s', data: { retryAfter: 10 } } })
  t.match(logs.find(({ status }) => status === 429), { reason: 'rate_limited', tool: 'whoami', reqId: headers['x-request-id'], hint: 'The caller reached RATE_LIMIT_MAX (3 in 10 s); raise it, or look for a client in a loop' })

  t.equal((await post(request('tools/list'), token)).statusCode, 200, 'only calls count')
  t.equal((await whoami(issuer.token({ sub: 'auth0|other' }))).statusCode, 200, 'other callers are not limited')
  advance(10)
  t.equal((await whoami(token)).statusCode, 200)
})

t.test('counts each call of a batch, and refuses each by itself', async t => {
  const { issuer, post, logs } = await build(t, { env: { ...BOUNDS, CONCURRENT_CALLS_MAX: 'off' } })
  const { statusCode, headers, body } = await post([1, 2, 3, 4, 5].map(id => call('whoami', {}, id)), issuer.token())
  t.equal(statusCode, 200)
  t.notOk(headers['retry-after'])
  t.match(logs.at(-1), { reqId: headers['x-request-id'] })
  t.strictSame(JSON.parse(body).map(({ id, error }: { id: number, error?: { code: number } }) => [id, error?.code]), [[1, undefined], [2, undefined], [3, undefined], [4, 429], [5, 429]])
  const lines = logs.filter(({ rpc }) => rpc !== undefined)
  t.strictSame(lines.map(({ msg, status, outcome, reason }) => [msg, status, outcome, reason]), [...Array(3).fill(['answered', 200, 'ok', undefined]), ...Array(2).fill(['refused', 200, 'limited', 'rate_limited'])])
})

t.test('tells each call of a batch its own limit', async t => {
  const rare = makeTool('rare', () => {}, { rateLimit: { max: 1, window: 5 } })
  const { issuer, post, logs } = await build(t, { env: { ...BOUNDS, RATE_LIMIT_MAX: '2' }, tools: [rare, makeTool('plain', () => {})] })
  const answers = (await post(['rare', 'rare', 'plain', 'plain'].map((name, id) => call(name, {}, id)), issuer.token())).json()
  t.strictSame(answers.map(({ error }: { error?: { message: string } }) => error?.message), [undefined, 'Too many calls of this tool; try again in 5 s', undefined, 'Too many calls; try again in 10 s'])
  t.match(logs.filter(({ rpc }) => rpc !== undefined).map(({ hint }) => hint), [undefined, /the rateLimit of the tool/, undefined, /RATE_LIMIT_MAX/])
})

t.test('a clock that is set back or ahead changes no window', async t => {
  const clock = movableClock(t)
  const { issuer, whoami } = await build(t, { env: { RATE_LIMIT_MAX: '1' }, now: undefined })
  const token = issuer.token({ iat: Math.floor(Date.now() / 1000) - 7200 })
  t.equal((await whoami(token)).statusCode, 200)
  for (const hours of [-1, 2]) {
    clock.advance(hours * 3600)
    const { statusCode, headers } = await whoami(token)
    t.equal(statusCode, 429, `${hours} h`)
    t.ok(Number(headers['retry-after']) <= 60, `${hours} h`)
  }
})

t.test('limits how many calls run at the same time, and frees the place when one ends or fails', async t => {
  let finish = (): void => {}
  const wait = makeTool('wait', async () => { await new Promise<void>(resolve => { finish = resolve }) })
  const broken = makeTool('broken', () => { throw new Error('broken') })
  const { issuer, post } = await build(t, { env: { CONCURRENT_CALLS_MAX: '1' }, tools: [wait, broken] })
  const token = issuer.token()
  for (let i = 0; i < 3; i++) t.equal((await post(call('broken'), token)).statusCode, 200)
  const first = post(call('wait'), token).then(answer => answer)
  await new Promise(resolve => setTimeout(resolve, 50))
  const { statusCode, headers, body } = await post(call('broken'), token)
  t.equal(statusCode, 429)
  t.equal(headers['retry-after'], '1')
  t.strictSame(JSON.parse(body).error, { code: 429, message: 'Too many calls at once; try again in 1 s', data: { retryAfter: 1 } })
  finish()
  t.equal((await first).statusCode, 200)
  t.equal((await post(call('broken'), token)).statusCode, 200)
})

t.test('applies the limits that a tool declares', async t => {
  let finish = (): void => {}
  const rare = makeTool('rare', () => {}, { rateLimit: { max: 1, window: 5 } })
  const alone = makeTool('alone', async () => { await new Promise<void>(resolve => { finish = resolve }) }, { concurrency: 1 })
  const { issuer, post, logs } = await build(t, { env: { ...BOUNDS, RATE_LIMIT_MAX: '4' }, tools: [rare, alone] })
  const token = issuer.token()
  t.equal((await post(call('rare'), token)).statusCode, 200)
  const { headers, ...answer } = await post(call('rare'), token)
  t.strictSame([headers['retry-after'], answer.json().error.message], ['5', 'Too many calls of this tool; try again in 5 s'])
  const first = post(call('alone'), token).then(answer => answer)
  await new Promise(resolve => setTimeout(resolve, 50))
  t.equal((await post(call('alone'), token)).json().error.message, 'Too many calls of this tool at once; try again in 1 s')
  t.strictSame(logs.filter(({ outcome }) => outcome === 'limited').map(({ hint }) => hint), ['rateLimit of the tool (1 in 5 s)', 'concurrency of the tool (1 at once)'].map(limit => `The caller reached the ${limit}; raise it, or look for a client in a loop`))
  finish()
  t.equal((await first).statusCode, 200)
  const last = post(call('alone'), token).then(answer => answer)
  await new Promise(resolve => setTimeout(resolve, 50))
  finish()
  t.equal((await last).statusCode, 200)

  for (const wrong of [{ rateLimit: { max: 0, window: 1 } }, { rateLimit: { max: 1, window: 0 } }, { concurrency: 1.5 }]) {
    t.throws(() => createRegistry([makeTool('wrong', () => {}, wrong)]), /expected (?:rateLimit|concurrency) to/)
  }
})
