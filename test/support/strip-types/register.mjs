import { register } from 'node:module'

// Node 22 and later strip types themselves. Node 20 gets the same here: the types become spaces, so that every position
// in a stack trace or in the coverage is that of the source. ts-node does it too, but takes five seconds for each process.
if (!process.features.typescript) register('./hooks.mjs', import.meta.url)
