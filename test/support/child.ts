/**
 * Arguments with which Node runs TypeScript: in the same process, and without a compiler where a file was stripped
 * before. `strip-types/register.mjs` also keeps tap out of the processes that a test starts.
 */
export const TYPESCRIPT: readonly string[] = ['--import', new URL('./strip-types/register.mjs', import.meta.url).href]
