const TRUST = 'NODE_EXTRA_CA_CERTS can name a file with an authority of your own; a proxy that opens TLS needs it too'
const NO_TLS = 'it does not speak TLS, or a proxy in between does not'

/** What is wrong with the connection to an issuer and how to mend it, by the code of Node or OpenSSL. */
const BY_CODE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name is unknown, check AUTH0_DOMAIN',
  EAI_AGAIN: 'the host name cannot be resolved now, check the DNS of this machine',
  ECONNREFUSED: 'nothing listens there, check AUTH0_DOMAIN',
  EHOSTUNREACH: 'the host cannot be reached from this machine',
  ENETUNREACH: 'the network cannot be reached from this machine',
  EMFILE: 'this process has no free file descriptor, raise its limit (ulimit -n)',
  CERT_HAS_EXPIRED: 'its certificate has expired, or the clock of this machine is wrong',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet, or the clock of this machine is wrong',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host, AUTH0_DOMAIN must be a name that it lists',
  DEPTH_ZERO_SELF_SIGNED_CERT: `its certificate signs itself; ${TRUST}`,
  SELF_SIGNED_CERT_IN_CHAIN: `the authority of its certificate is not trusted; ${TRUST}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `the authority of its certificate is not trusted; ${TRUST}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `it does not send the intermediate certificates, or their authority is not trusted; ${TRUST}`,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it wants a certificate of the client, and this server has none to show',
  // Each alert of a handshake comes with this code as well.
  EPROTO: `${NO_TLS}; or it wants another version, another cipher or a certificate of the client`,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS
}

/** The code of a failed connection, and what to do about it, for the log. Empty if there is no code. */
export function connectionAdvice (code: string | undefined): string {
  if (code === undefined) return ''
  const advice = BY_CODE[code]
  return ` (${code})${advice === undefined ? '' : `: ${advice}`}`
}
