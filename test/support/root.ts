import { fileURLToPath } from 'node:url'

/** The folder of the project, as a path that ends in a separator. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
