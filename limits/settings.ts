/** The limits of this server. Undefined switches one off. */
export interface LimitSettings {
  /** Tool calls of one caller in a window. */
  readonly calls: number | undefined
  /** Tool calls of one caller at the same time. */
  readonly concurrent: number | undefined
  /** Refused tokens of one address in a window. */
  readonly refusals: number | undefined
  /** Seconds. */
  readonly window: number
  /** Shares the limits between processes. Undefined: each process counts for itself. */
  readonly redis: RedisSettings | undefined
}

/** The Redis that processes share. */
export interface RedisSettings {
  /** `redis://` or `rediss://` (TLS), with user and password if Redis asks for them. */
  readonly url: string
  /** Whether the server refuses to start without Redis. */
  readonly required: boolean
  /** Milliseconds for one command. Default 200. */
  readonly commandMs?: number
  /** Milliseconds to connect. Default 2,000. */
  readonly connectMs?: number
  /** Milliseconds between two attempts to connect. Default 1,000. */
  readonly retryMs?: number
  /** Milliseconds after which the place of a process that died is free. Default 30,000. */
  readonly leaseMs?: number
}
