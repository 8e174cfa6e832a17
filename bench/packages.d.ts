// The parts of the bench's packages that it uses, so that types are checked without installing them.

declare module 'autocannon' {
  interface Client {
    /** Each request of this connection in turn, merged into the options. */
    setRequests (requests: readonly { readonly headers: Readonly<Record<string, string>> }[]): void
    on (event: 'response', listener: (status: number, bytes: number, milliseconds: number) => void): void
  }

  interface Options {
    readonly url: string
    readonly method: 'POST'
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
    readonly connections: number
    /** Requests in all. */
    readonly amount: number
    /** Milliseconds between looks at whether all is done. */
    readonly sampleInt: number
    readonly setupClient: (client: Client) => void
  }

  interface Result {
    readonly errors: number
    readonly statusCodeStats: Readonly<Record<string, { readonly count: number }>>
  }

  export default function autocannon (options: Options): Promise<Result>
}

declare module 'mitata' {
  export function bench (name: string, run: () => unknown): void
  export function run (): Promise<void>
}
