/** A value in which an optional property may also be undefined, which leaves it out. */
export type Sendable<Value> =
  Value extends readonly unknown[] ? { readonly [Key in keyof Value]: Sendable<Value[Key]> }
    : Value extends object ? { readonly [Key in keyof Value]: object extends Pick<Value, Key> ? Sendable<Value[Key]> | undefined : Sendable<Value[Key]> }
      : Value

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>

declare const none: unique symbol
type Literal = '' | 0 | false | null | { readonly [member: string]: Literal } | readonly Literal[]

/**
 * No value has this type. In the return type of a handler it makes the compiler infer 'text' or 'mile' as a literal and
 * not as a string.
 */
export type LiteralHint = Literal & { readonly [none]: true }

/** Whether a value is a promise of any kind: many query builders have their own. */
export function isThenable (value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

/** Returns a value that should not be a promise. If it is one, its rejection is ignored, since it would end the process. */
export function ignoreRejection (value: unknown): unknown {
  if (value instanceof Promise) value.catch(() => {})
  return value
}
