import { _, type Ajv, type CodeKeywordDefinition } from 'ajv'
import type { Json } from '../message.ts'
import { walk } from './walk.ts'

/**
 * References that one check may follow. Arguments of 1 MB under a clear schema need less. Each may leave an error in memory
 * until the check ends.
 */
const MAX_STEPS = 500_000

let left = Infinity

class TooManySteps extends Error {}

/**
 * Runs with a bound on the steps. If two branches of a union refer back to it, and only what follows tells them apart, a
 * value of 60 levels can be tried in 2 to the power of 60 ways.
 * @param otherwise gives the result if there are too many
 */
export function boundSteps<Result> (run: () => Result, otherwise: () => Result): Result {
  let result: Result
  left = MAX_STEPS
  try {
    result = run()
  } catch (error) {
    if (!(error instanceof TooManySteps)) throw error
    result = otherwise()
  } finally {
    left = Infinity
  }
  return result
}

/** Counts a step. @throws TooManySteps, which `boundSteps` catches */
export function step (): void {
  if (--left < 0) throw new TooManySteps('too many steps')
}

/** Makes every validator of this Ajv count the references that it follows. Without references a check always ends soon. */
export function countReferences (ajv: Pick<Ajv, 'getKeyword'>): void {
  for (const keyword of ['$ref', '$dynamicRef']) {
    const definition = ajv.getKeyword(keyword) as CodeKeywordDefinition
    const { code } = definition
    definition.code = (context, type) => {
      context.gen.code(_`${context.gen.scopeValue('func', { ref: step })}()`)
      code(context, type)
    }
  }
}

/** Whether a schema refers to a part of it. Without a reference, each part is tried once for each value. */
export function hasReferences (schema: Json): boolean {
  let found = false
  walk(schema, subschema => { found ||= '$ref' in subschema || '$dynamicRef' in subschema })
  return found
}
