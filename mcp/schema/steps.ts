import { _, type Ajv, type CodeKeywordDefinition } from 'ajv'
import type { Json } from '../message.ts'
import { walk } from './walk.ts'

/**
 * References that one check may follow at most. Arguments of 1 MB under a clear schema need less. Each may leave an error
 * in memory until the check ends: this many take 0.7 s and 130 MB, so a small value gets fewer.
 */
const MAX_STEPS = 500_000
/** References that the check of any value may follow. */
const FREE_STEPS = 20_000
/** References more for each value inside it. */
const STEPS_PER_VALUE = 200

const none = (): number => 0

// A check never waits, so only one runs at a time, and its count can stand here.
/** The steps that the check has left. Outside of `boundSteps` there is no bound. */
let left = Infinity
/** Returns the steps beyond the free ones, once. The values are counted only if a check needs them, as few do. */
let more = none

class TooManySteps extends Error {}

/**
 * Runs with a bound on the steps. If two branches of a union refer back to it, and only what follows tells them apart, a
 * value of 60 levels can be tried in 2 to the power of 60 ways.
 * @param value the one that is checked; the bound grows with the number of values in it
 * @param otherwise gives the result if there are too many
 */
export function boundSteps<Result> (value: unknown, run: () => Result, otherwise: () => Result): Result {
  let result: Result
  left = FREE_STEPS
  more = () => Math.min(MAX_STEPS - FREE_STEPS, STEPS_PER_VALUE * valuesIn(value))
  try {
    result = run()
  } catch (error) {
    if (!(error instanceof TooManySteps)) throw error
    result = otherwise()
  } finally {
    left = Infinity
    more = none
  }
  return result
}

/** Counts a step. @throws TooManySteps, which `boundSteps` catches */
export function step (): void {
  if (--left >= 0) return
  left += more()
  more = none
  if (left < 0) throw new TooManySteps('too many steps')
}

/** The number of members and items, at all levels. Not recursive, since a message may nest deeper than the stack. */
function valuesIn (value: unknown): number {
  let count = 0
  for (const open = [value]; open.length > 0; count++) {
    const next = open.pop()
    if (typeof next === 'object' && next !== null) for (const member of Object.values(next)) open.push(member)
  }
  return count
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
