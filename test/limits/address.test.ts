import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { addressKey } from '../../limits/address.ts'

t.test('counts an IPv6 network of 64 bits as one address', async t => {
  t.equal(addressKey('192.0.2.1'), '192.0.2.1')
  t.equal(addressKey('::ffff:192.0.2.1'), '192.0.2.1')
  t.equal(addressKey('2001:db8::1'), '2001:db8:0:0')
  t.equal(addressKey('2001:0db8:0:0:5:6:7:8'), '2001:db8:0:0')
  t.equal(addressKey('2001:db8:1:2::1'), '2001:db8:1:2')
  t.equal(addressKey('::1'), '0:0:0:0')
  for (const zone of ['eth0', 'eth0.100', '.']) t.equal(addressKey(`fe80::1%${zone}`), 'fe80:0:0:0', zone)
})

t.test('counts all ports of an address as one, since some proxies write them into X-Forwarded-For', async t => {
  t.equal(addressKey('192.0.2.1:50000'), '192.0.2.1')
  t.equal(addressKey('[2001:db8:1:2::1]:50000'), '2001:db8:1:2')
  t.equal(addressKey('[2001:db8:1:2::1]'), '2001:db8:1:2')
  t.equal(addressKey('unknown:1'), 'unknown:1', 'no address')
})

t.test('keeps no more of a header than the address', async t => {
  t.equal(addressKey('x'.repeat(10_000)).length, 64)
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  gc()
  const before = process.memoryUsage().heapUsed
  const keys = Array.from({ length: 2000 }, (_, i) => {
    const header = `a-name-that-is-no-address-${i}, ${'x'.repeat(20_000)}`
    return addressKey(Buffer.from(header).toString('latin1').split(',')[0] as string)
  })
  gc()
  const grew = process.memoryUsage().heapUsed - before
  t.equal(new Set(keys).size, 2000)
  t.ok(grew < 10_000_000, `2,000 headers of 20,000 bytes, of which ${grew} bytes are kept`)
})
