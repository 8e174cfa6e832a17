import { once } from 'node:events'
import { createServer as createHttps, globalAgent } from 'node:https'
import { createServer, type AddressInfo, type Server } from 'node:net'
import t from 'tap'
import { connectionAdvice } from '../../../auth/keys/connection-advice.ts'
import { fetchKeys } from '../../../auth/keys/fetch.ts'
import { makeCertificate } from '../../support/certificate.ts'

const LIMIT_MS = 20_000
const good = makeCertificate({ host: 'localhost' })
const other = makeCertificate({ host: 'other.example' })
const old = makeCertificate({ host: 'localhost', expires: Date.now() - 1000 })
const unknown = makeCertificate({ host: 'localhost' })

globalAgent.options.ca = [good.cert, other.cert, old.cert]
// Without a kept connection, since each test has another server.
globalAgent.options.keepAlive = false
t.teardown(() => { delete globalAgent.options.ca })

const answering = (options: object): Server => createHttps(options, (_request, response) => response.end('{"keys":[]}'))

const rows: ReadonlyArray<readonly [string, () => Server, RegExp]> = [
  ['certificate that signs itself', () => answering(unknown), /^no answer \(DEPTH_ZERO_SELF_SIGNED_CERT\): its certificate signs itself; NODE_EXTRA_CA_CERTS /],
  ['certificate for another host', () => answering(other), /^no answer \(ERR_TLS_CERT_ALTNAME_INVALID\): its certificate is for another host, AUTH0_DOMAIN /],
  ['certificate that has expired', () => answering(old), /^no answer \(CERT_HAS_EXPIRED\): its certificate has expired, or the clock /],
  ['wish for a certificate of the client', () => answering({ ...good, requestCert: true, rejectUnauthorized: true }), /^no answer \(ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED\): it wants a certificate of the client/],
  ['port without TLS', () => createServer(socket => socket.on('error', () => {}).once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))), /^no answer \((?:EPROTO|ERR_SSL_\w+)\): it does not speak TLS/],
  ['server that ends the handshake', () => createServer(socket => socket.on('error', () => {}).once('data', () => socket.destroy())), /^no answer \(ECONNRESET\) \[/]
]

for (const [what, make, message] of rows) {
  t.test(`says what is wrong with an issuer: ${what}`, async t => {
    const server = make().listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => server.close())
    await t.rejects(fetchKeys(urlOf(server), LIMIT_MS, new AbortController().signal), { message })
  })
}

t.test('says what to do if nothing listens or nobody answers', async t => {
  const silent = createServer(socket => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const url = urlOf(silent)
  await t.rejects(fetchKeys(url, 50, new AbortController().signal), { message: /^no answer within 50 ms: the issuer is slow, or a firewall drops the packets \[/ })
  silent.close()
  await once(silent, 'close')
  await t.rejects(fetchKeys(url, LIMIT_MS, new AbortController().signal), { message: /^no answer \(ECONNREFUSED\): nothing listens there, check AUTH0_DOMAIN \[/ })
})

t.test('names a code that it has no advice for, and nothing where there is no code', async t => {
  t.equal(connectionAdvice('HPE_INVALID_CONSTANT'), ' (HPE_INVALID_CONSTANT)')
  t.equal(connectionAdvice(undefined), '')
})

function urlOf (server: Server): string {
  return `https://localhost:${(server.address() as AddressInfo).port}/.well-known/jwks.json`
}
