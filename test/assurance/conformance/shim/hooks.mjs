/** Gives the conformance suite, and nobody else, a `fs` that has `globSync`. */
export async function resolve (specifier, context, nextResolve) {
  const isSuite = context.parentURL?.includes('/@modelcontextprotocol/conformance/dist/') ?? false
  return isSuite && specifier === 'fs' ? nextResolve(new URL('fs.mjs', import.meta.url).href, context) : nextResolve(specifier, context)
}
