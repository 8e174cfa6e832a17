/** Codes of errors whose message says less than these words. */
const BY_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at this address',
  ECONNRESET: 'the connection was closed; use rediss:// if it expects TLS',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name cannot be resolved now',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate signs itself; NODE_EXTRA_CA_CERTS can name it as one to trust',
  SELF_SIGNED_CERT_IN_CHAIN: 'the authority of its certificate is not trusted; NODE_EXTRA_CA_CERTS adds one',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the authority of its certificate is not trusted; NODE_EXTRA_CA_CERTS adds one',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority of its certificate is not trusted; NODE_EXTRA_CA_CERTS adds one',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host than that of REDIS_URL',
  EPROTO: 'it does not speak TLS; use redis:// if that is meant',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS; use redis:// if that is meant'
}

const BY_MESSAGE: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(?:WRONGPASS|ERR invalid password)/, 'the user name or the password is wrong'],
  [/^NOAUTH/, 'it asks for a password, and REDIS_URL has none'],
  [/^NOPERM/, 'its user may not run the commands that the limits need; docs/operations.md lists them'],
  [/^ERR .*AUTH.*without any password/, 'it has no password, but REDIS_URL has one'],
  [/^Unknown RESP type/, 'it does not speak the Redis protocol'],
  [/^Socket closed unexpectedly/, 'it closed the connection'],
  [/^ERR DB index/, 'it has no database of the number in REDIS_URL'],
  [/^(?:MOVED|CLUSTERDOWN|CROSSSLOT)/, 'it is a cluster, which is not supported'],
  [/^READONLY/, 'it is a read-only replica'],
  [/^OOM/, 'its memory is full']
]

/** What is wrong with Redis, in words for the operator. Holds no password: Redis does not repeat it. */
export function redisFault ({ code = '', message }: Error & { readonly code?: string | undefined }, isTls = false): string {
  // A Redis without TLS waits for the end of a line.
  if (isTls && message.startsWith('no answer')) return `${message}; use redis:// if it has no TLS`
  return BY_CODE[code] ?? BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1] ?? (message || code)
}
