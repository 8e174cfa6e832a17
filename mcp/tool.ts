import type { Static, TSchema } from '@sinclair/typebox'
import type { Caller } from '../auth/caller.ts'
import type { Answers, InputRequests } from './ask.ts'

/** What a tool sees of the request it serves, beside its arguments. */
export interface Context {
  /** Who calls, as the verified token says it. */
  readonly caller: Caller
  /** Aborts when the client closes the connection or the tool's time is up. Hand it to everything that can wait. */
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  readonly now: number
  /** What the client said it can be asked for, such as `elicitation` (2026-07-28 only; else empty). */
  readonly clientCapabilities: Readonly<Record<string, unknown>>
  /** For the operator, with the request's id. Never log what is secret. */
  readonly log: Log
  /** Tells a client that wants to know how far the work is. What does not grow from call to call is not sent. */
  progress (progress: number, total?: number, message?: string): void
  /**
   * Asks the client for something, by `elicit`, `sample` or `roots`, and gives its answers. Where one is missing it
   * throws, which ends this run; do not catch that. The handler is run again from the start once the answers are
   * there, so ask before anything is done that must not be done twice, and ask the same thing each time: an answer
   * counts only for the question as it was put.
   */
  ask<Requests extends InputRequests> (requests: Requests): Answers<Requests>
}

/** The levels of pino that a tool may use. `details` become members of the line, under the name they have here. */
export interface Log {
  info (details: object, message: string): void
  warn (details: object, message: string): void
  error (details: object, message: string): void
}

/** Hints for clients; never a safeguard (schema, `ToolAnnotations`). */
export interface Annotations {
  readonly readOnlyHint?: boolean
  readonly destructiveHint?: boolean
  readonly idempotentHint?: boolean
  readonly openWorldHint?: boolean
}

/** A picture for a tool, shown by clients of 2025-11-25 and newer. */
export interface Icon {
  /** An https or data URI. */
  readonly src: string
  readonly mimeType?: string
  readonly sizes?: readonly string[]
  readonly theme?: 'light' | 'dark'
}

/** A block of unstructured content, as it goes to the client (schema, `ContentBlock`). */
export type Content =
  | { readonly type: 'text', readonly text: string }
  | { readonly type: 'image' | 'audio', readonly data: string, readonly mimeType: string }
  | { readonly type: 'resource_link', readonly uri: string, readonly name: string, readonly description?: string, readonly mimeType?: string }
  | { readonly type: 'resource', readonly resource: { readonly uri: string, readonly mimeType?: string } & ({ readonly text: string } | { readonly blob: string }) }

interface About<Input extends TSchema> {
  /** 1 to 128 of `A-Za-z0-9_.-`, unique in the server. */
  readonly name: string
  readonly title: string
  /** For the model: what the tool does and when to use it. */
  readonly description: string
  /** All of these must be in the token: a tool for everyone is a decision to be written down. */
  readonly scopes: readonly [string, ...string[]]
  /** JSON Schema 2020-12 of the arguments; an object. */
  readonly input: Input
  readonly annotations?: Annotations
  readonly icons?: readonly Icon[]
  /** Seconds after which a call that waits for something is given up. Default 60. */
  readonly timeLimit?: number
}

type Awaitable<T> = T | Promise<T>

/** A tool that answers with data: `structuredContent` under its schema, and the same as text. */
export interface DataTool<Input extends TSchema = TSchema, Output extends TSchema = TSchema> extends About<Input> {
  readonly output: Output
  handler (input: Static<Input>, context: Context): Awaitable<Static<Output>>
}

/** A tool that answers with content blocks, such as images. */
export interface ContentTool<Input extends TSchema = TSchema> extends About<Input> {
  readonly output?: undefined
  handler (input: Static<Input>, context: Context): Awaitable<readonly Content[]>
}

/** A tool of either kind: one with `output` answers with data, one without with content blocks. */
export type Tool = DataTool | ContentTool

/**
 * Types a tool file: what the handler takes follows from `input`, what it gives from `output`.
 * A handler that throws a `ToolError` tells the model what went wrong; anything else it throws is logged and hidden.
 */
export function defineTool<Input extends TSchema, Output extends TSchema> (tool: DataTool<Input, Output>): DataTool<Input, Output>
export function defineTool<Input extends TSchema> (tool: ContentTool<Input>): ContentTool<Input>
export function defineTool (tool: Tool): Tool {
  return Object.freeze(tool)
}

export { elicit, roots, sample } from './ask.ts'
export { ToolError } from './errors.ts'
