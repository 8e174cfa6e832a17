import { _, type Ajv, type CodeKeywordDefinition } from 'ajv'

/**
 * References that one check may follow. Arguments of 1 MB under a clear schema need less. Each may leave an error in memory
 * until the check ends.
 */
const MAX_STEPS = 500_000

let left = Infinity

/** There are too many ways in which a value could fit a schema. */
export class TooManySteps extends Error {}

/**
 * Runs with a bound on the steps. If two branches of a union refer back to it, and only what follows tells them apart, a
 * value of 60 levels can be tried in 2 to the power of 60 ways.
 * @throws TooManySteps
 */
export function boundSteps<Result> (run: () => Result): Result {
  left = MAX_STEPS
  try {
    return run()
  } finally {
    left = Infinity
  }
}

/** Counts a step. @throws TooManySteps */
export function step (): void {
  if (--left < 0) throw new TooManySteps('too many steps')
}

/** Makes every validator of this Ajv count the references that it follows: nothing else goes on without end. */
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
