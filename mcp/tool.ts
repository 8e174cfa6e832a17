import type { Static, TSchema } from '@sinclair/typebox'
import type { ApiDeclaration } from './api.ts'
import type { Authorize } from './calls/authorize.ts'
import type { Confirm } from './elicitation/confirm.ts'
import type { Context } from './context.ts'
import type { Implied } from './declaration/implied.ts'
import type { Json } from './message.ts'
import type { Awaitable, LiteralHint, Sendable } from './returned.ts'
import type { Content } from './schema/content.ts'
import type { Scopes } from './declaration/scopes.ts'

/** Hints for clients, not a protection (schema, `ToolAnnotations`). */
export interface Annotations {
  readonly readOnlyHint?: boolean
  readonly destructiveHint?: boolean
  readonly idempotentHint?: boolean
  readonly openWorldHint?: boolean
}

/** A picture of a tool. Clients of 2025-11-25 and later show it. */
export interface Icon {
  /** An https or data URI. */
  readonly src: string
  readonly mimeType?: string
  readonly sizes?: readonly string[]
  readonly theme?: 'light' | 'dark'
}

interface About<Input extends TSchema> {
  /** 1 to 128 characters of `A-Za-z0-9_.-`, unique in the server. */
  readonly name: string
  readonly title: string
  /** For the model: what the tool does and when to use it. */
  readonly description: string
  /** The token must hold all of these, any of these, or what the arguments need. There is no tool without a scope. */
  readonly scopes: Scopes<Static<Input>>
  /** With CHALLENGE_SCOPES=baseline, clients log in with the scopes of these tools only. Default false. */
  readonly baseline?: boolean
  /** Decides about each call, after the check of scopes and arguments. */
  readonly authorize?: Authorize<Static<Input>>
  /**
   * The question to the user before the handler runs, such as `Delete 3 files?`. A yes counts once. A tool with
   * `destructiveHint: true` needs it, unless it says `false`.
   */
  readonly confirm?: false | Confirm<Static<Input>>
  /** JSON Schema 2020-12 of the arguments, of type object. */
  readonly input: Input
  readonly annotations?: Annotations
  readonly icons?: readonly Icon[]
  /**
   * Names of arguments that the log may hold, cut to 256 characters, and of claims as `caller.claims.<name>`. Name no
   * secret. Default: the log holds no argument and no named claim.
   */
  readonly audit?: readonly string[]
  /** Seconds after which a call that still waits is stopped. Default 60, at most 86,400. */
  readonly timeLimit?: number
  /** Calls of one caller to this tool, at most `max` in `window` seconds. It comes on top of RATE_LIMIT_MAX. */
  readonly rateLimit?: { readonly max: number, readonly window: number }
  /** Calls of one caller to this tool at the same time. It comes on top of CONCURRENT_CALLS_MAX. */
  readonly concurrency?: number
  /**
   * Leaves text blocks as the handler gives them. Default false: they lose control characters other than tab and
   * newline, marks of direction, and invisible characters, which can hide instructions from people.
   */
  readonly rawText?: boolean
  /** The API that the handler calls as the caller, with `context.api`. It needs OBO_CLIENT_ID. */
  readonly api?: ApiDeclaration
}

/** A tool that answers with data: `structuredContent` under the schema `output`, and the same as text. */
export interface DataTool<Input extends TSchema = TSchema, Output extends TSchema = TSchema> extends About<Input> {
  readonly output: Output
  handler (input: Static<Input>, context: Context): Awaitable<Sendable<Static<Output>>>
}

/** The same, as `defineTool` takes it. */
type Declared<Input extends TSchema, Output extends TSchema> = Omit<DataTool<Input, Output>, 'handler'> & {
  handler (input: Static<Input>, context: Context): Awaitable<Sendable<Static<Output>> | LiteralHint>
}

/** A tool that answers with content blocks, such as images. */
export interface ContentTool<Input extends TSchema = TSchema> extends About<Input> {
  readonly output?: undefined
  handler (input: Static<Input>, context: Context): Awaitable<readonly Content[]>
}

/** Rules for all tools of the server. */
export interface Access {
  /** Wider scopes, each with the narrower ones that it includes. */
  readonly implies?: Implied
  /** Decides about each call, before the `authorize` of the tool. */
  readonly authorize?: Authorize<Json>
}

/** A tool of either kind. */
export type Tool = DataTool | ContentTool

/**
 * Types a tool file: the type of the handler's arguments follows from `input`, that of its result from `output`.
 * A handler that throws a `ToolError` tells the model what went wrong; any other error is logged and hidden.
 *
 * Await every promise that the handler starts. An unhandled rejection, or an `error` event without a listener, ends the
 * process for every caller, as in any Node program; `WORKERS=2` or a supervisor starts the server again. Errors thrown
 * by listeners of `context.signal` are caught and logged.
 */
export function defineTool<Input extends TSchema, Output extends TSchema> (tool: Declared<Input, Output>): DataTool<Input, Output>
export function defineTool<Input extends TSchema> (tool: ContentTool<Input>): ContentTool<Input>
export function defineTool (tool: Tool): Tool {
  return Object.freeze(tool)
}

export { ApiError, type ApiFault, type ApiRequest, type CallApi } from './api.ts'
export type { Context, Log } from './context.ts'
export type { Content } from './schema/content.ts'
export type { Authorization, Decision } from './calls/authorize.ts'
export type { ServerInfo } from './message.ts'
export { elicit, roots, sample } from './elicitation/elicit.ts'
export { elicitUrl } from './elicitation/elicit-url.ts'
export { ToolError } from './errors.ts'
export { scopesOf } from './declaration/scopes.ts'
