import Fastify, { type FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import { trustedHops } from '../../http/trusted-hops.ts'

const proxy = (i: number): string => `::ffff:127.0.0.${i % 255}`
const proxies = (count: number): string[] => Array.from({ length: count }, (_, i) => proxy(i))

t.test('finds the client as Fastify does, behind up to 32 addresses', async t => {
  const rows = [[], ['192.0.2.1'], ['192.0.2.1', '127.0.0.1'], ['192.0.2.1', 'unknown', '127.0.0.1'], ['192.0.2.1', 'fd00::1', ...proxies(30)], proxies(32)]
  for (const trusted of [false, true, 'loopback', ' loopback , fd00::/8']) {
    const [ours, fastify] = [await clientOf(t, trustedHops(trusted)), await clientOf(t, trusted)]
    for (const addresses of rows) t.equal(await ours(addresses), await fastify(addresses), `${trusted} ${addresses.length}`)
  }
})

t.test('looks at no address beyond the 32nd', async t => {
  const client = await clientOf(t, trustedHops('loopback'))
  t.equal(await client(['192.0.2.1', ...proxies(31)]), '192.0.2.1')
  t.equal(await client(['192.0.2.1', ...proxies(32)]), proxy(0))
  t.equal(await client(['192.0.2.1', ...proxies(700)]), proxy(700 - 32))
})

/** A function that tells whom Fastify takes for the client, if the header has these addresses. */
async function clientOf (t: Test, trustProxy: Exclude<FastifyServerOptions['trustProxy'], undefined>): Promise<(addresses: readonly string[]) => Promise<string>> {
  const app = Fastify({ trustProxy })
  t.teardown(() => app.close())
  app.get('/', async ({ ip }) => ip)
  return async addresses => (await app.inject({ url: '/', remoteAddress: '127.0.0.1', headers: { 'x-forwarded-for': addresses.join(', ') } })).body
}
