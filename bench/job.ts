import type { TokenRange } from './tokens.ts'

/** What the process that makes the load is asked to do. */
export interface Job {
  /** Who is loaded, and with what; for what is said of it. */
  readonly name: string
  readonly port: number
  /** The processes whose time is counted. */
  readonly pids: readonly number[]
  /** The request before and after the token. */
  readonly halves: readonly [string, string]
  readonly tokens: TokenRange | undefined
  readonly expect: number
  readonly connections: number
  /** Milliseconds of load before anything is counted. */
  readonly warmup: number
  readonly seconds: number
  /** The round ends after so many requests, if it has not yet. */
  readonly limit: number
  /** Requests a second whatever the answers take; without it, one request follows the other. */
  readonly rate: number | undefined
  /** Whether the load keeps its core busy while it waits. */
  readonly spin: boolean
}

/** What came of it. */
export interface Outcome {
  readonly requests: number
  readonly seconds: number
  /** Seconds of processor time that the server took. */
  readonly cpu: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Megabytes. */
  readonly resident: number
  /** Tokens used, those of the warm-up included. */
  readonly used: number
  /** The share of the round in which the load itself stood still, which its server cannot be blamed for. */
  readonly stalled: number
}
