/** The server that a client is to be connected with. */
export interface Target {
  /** The URL of the MCP endpoint. */
  readonly url: string
  /** The name of the server in the client's list: letters, digits, "-" and "_". */
  readonly name: string
  /** The scopes to log in with. */
  readonly scopes: readonly string[]
}

/** How one MCP client is connected. */
export interface Client {
  /** The argument of `npm run connect`. */
  readonly id: string
  readonly title: string
  /** What to do, in a sentence or two. */
  readonly how: string
  readonly snippets: readonly Snippet[]
  /** Callback URLs of an application that is registered by hand. Empty: the client has no login. */
  readonly callbacks: readonly string[]
  /** The known trap of this client, with its remedy. */
  readonly trap: string
}

/** A text to paste. */
export interface Snippet {
  /** Where it goes, or when it is needed. */
  readonly label: string
  /** What the text is. */
  readonly kind: 'json' | 'toml' | 'shell' | 'link' | 'url'
  readonly text: string
}

/** The placeholder for the id of an application of the tenant. */
export const CLIENT_ID = 'YOUR_CLIENT_ID'

/** Says which snippet is for a tenant without Dynamic Client Registration. */
export const BY_HAND = 'With an application that you registered by hand'

/** A file of JSON. */
export function json (value: object): string {
  return JSON.stringify(value, null, 2)
}

/** The name of a server in a form that every client accepts, also as a part of a command. */
export function nameFor (serverName: string): string {
  return serverName.replace(/[^\w-]+/g, '-').replace(/^-+|-+$/g, '') || 'mcp-server'
}
