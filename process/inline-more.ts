/** The option of V8: bytes of bytecode, by default 920. */
export const INLINE_MORE = '--max-inlined-bytecode-size-cumulative=3000'

/**
 * Lets V8 put more of the called functions into a function that is called often. A request passes hundreds of small
 * functions of Node, Fastify and this server, and by default most of them stay calls. That takes 3 % more time on Node
 * 20, and makes no difference on Node 24.
 */
export async function inlineMore (): Promise<void> {
  // Not loaded before the start is over, which would take a millisecond more.
  const { setFlagsFromString } = await import('node:v8')
  setFlagsFromString(INLINE_MORE)
}
