import t from 'tap'
import { redisFault } from '../../../limits/redis/fault.ts'

// How the server speaks with a Redis, and what it does without one. A stand-in answers what each test needs.

// Each test has servers of its own, and mostly waits.
t.jobs = 3

t.test('describes in words what is wrong with Redis', async t => {
  for (const [code, message, words] of [
    ['ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames", 'its certificate is for another host than that of REDIS_URL'],
    [undefined, 'NOPERM this user has no permissions', 'its user may not run the commands that the limits need; docs/operations.md lists them'],
    [undefined, 'ERR DB index is out of range', 'it has no database of the number in REDIS_URL'],
    [undefined, 'MOVED 866 127.0.0.1:7001', 'it is a cluster, which is not supported'],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND nowhere', 'the host name is unknown'],
    [undefined, 'WRONGPASS invalid username-password pair or user is disabled.', 'the user name or the password is wrong'],
    [undefined, "READONLY You can't write against a read only replica.", 'it is a read-only replica'],
    [undefined, 'something new', 'something new'],
    ['ENEW', '', 'ENEW'],
    ['', 'no answer within 5 ms', 'no answer within 5 ms']
  ] as const) t.equal(redisFault(Object.assign(new Error(message), { code })), words)
  t.equal(redisFault(new Error('no answer within 5 ms'), true), 'no answer within 5 ms; use redis:// if it has no TLS')
})
