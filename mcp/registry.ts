import { Type } from '@sinclair/typebox'
import type { ApiOpener, OpenApi } from './calls/api-opener.ts'
import { readAudit, type Audited } from './declaration/audit.ts'
import { checkAccess, checkDeclaration } from './declaration/declaration.ts'
import { checkEntry } from './declaration/entry.ts'
import { refuseUnneeded } from './declaration/implied.ts'
import type { Json } from './message.ts'
import { adviceOn, refuseUnusable } from './schema/advice.ts'
import { compile, createAjv, type CompiledSchema } from './schema/compile.ts'
import { Content } from './schema/content.ts'
import { paramHeaders, type ParamHeader } from './schema/param-headers.ts'
import { publish } from './schema/published.ts'
import { runner, type Run } from './calls/runner.ts'
import { createNeeds, scopesOf, type Needs } from './declaration/scopes.ts'
import type { Access, Tool } from './tool.ts'
import { refuseHidden } from './declaration/visible.ts'

/** A tool that is ready to be called: its declaration is checked and its schemas are compiled. */
export interface RegisteredTool {
  readonly declaration: Tool
  /** The schemas as clients see them. */
  readonly inputSchema: Json
  readonly outputSchema: Json | undefined
  /** A copy of the arguments in which absent properties have their defaults. */
  readonly withDefaults: (args: Json) => Json
  /** The fault in these arguments, in words that a model can act on; undefined if they are right. */
  readonly checkInput: (args: unknown) => string | undefined
  /** The fault in the output of the handler; undefined if it is right. */
  readonly checkOutput: (output: unknown) => string | undefined
  readonly paramHeaders: readonly ParamHeader[]
  /** The API that the tool declares. */
  readonly openApi: OpenApi | undefined
  readonly needs: Needs
  readonly audited: Audited
  /** Runs the handler, after the decisions about the call if there are any. */
  readonly run: Run
}

/** The tools of this server, in the order they are listed. */
export interface Registry {
  readonly tools: readonly RegisteredTool[]
  get (name: unknown): RegisteredTool | undefined
  /** Every scope that some tool needs, each once: `scopes_supported` (RFC 9728). */
  readonly scopes: readonly string[]
  /** The scopes of the tools marked as baseline: of `anyOf` the first one, as in a challenge. */
  readonly baseline: readonly string[]
}

/**
 * Checks and compiles tools.
 * @param access rules for all tools
 * @param warn gets a sentence for each part of a schema that some clients or model providers do not support
 * @param openApi prepares the APIs that tools declare. Default: tools have none
 * @throws Error that names the tool and what is wrong with its declaration
 */
export function createRegistry (tools: readonly Tool[], warn: (message: string) => void = () => {}, access: Access = {}, openApi?: ApiOpener): Registry {
  checkAccess(access)
  const { implies = {}, authorize } = access
  const [inputs, outputs] = [createAjv({ verbose: true }), createAjv({ verbose: true })]
  const needsOf = createNeeds(implies)
  let content: CompiledSchema | undefined

  const registered = new Map<unknown, RegisteredTool>()
  for (const [i, tool] of tools.entries()) {
    checkEntry(tool, i)
    const { name, input, output } = tool
    try {
      if (registered.has(name)) throw new Error('another tool has this name')
      checkDeclaration(tool)
      const inputSchema = prepare(input, true)
      const outputSchema = output && prepare(output, false)
      for (const advice of adviceOn(inputSchema)) warn(`Tool ${JSON.stringify(name)}: ${advice}`)
      const { check: checkInput, withDefaults } = compile(inputs, inputSchema, `tool/${name}/input`, 'arguments')
      registered.set(name, {
        declaration: tool,
        inputSchema,
        outputSchema,
        withDefaults: args => withDefaults(args) as Json,
        checkInput,
        checkOutput: outputSchema === undefined ? contentCheck() : compile(outputs, outputSchema, `tool/${name}/output`, 'output').check,
        paramHeaders: paramHeaders(inputSchema),
        openApi: tool.api && openApi?.(tool.api),
        needs: needsOf(tool),
        audited: readAudit(tool.audit, input),
        run: runner(tool, authorize)
      })
    } catch (error) {
      throw new Error(`Tool ${JSON.stringify(name)}: ${(error as Error).message}`, { cause: error })
    }
  }

  const scopes = scopesOf(...tools)
  refuseUnneeded(implies, scopes)
  return {
    tools: [...registered.values()],
    get: name => registered.get(name),
    scopes,
    baseline: [...new Set([...registered.values()].filter(({ declaration }) => declaration.baseline).flatMap(loginScopesOf))]
  }

  // Compiled when a tool needs it: it is larger than most schemas of tools.
  function contentCheck (): CompiledSchema['check'] {
    content ??= compile(outputs, Type.Array(Content), 'content', 'output')
    return content.check
  }
}

function loginScopesOf ({ declaration, needs: { fixed, byArguments } }: RegisteredTool): readonly string[] {
  return byArguments === undefined ? fixed.map(({ scope }) => scope) : scopesOf(declaration)
}

function prepare (schema: Json, hasDefaults: boolean): Json {
  refuseUnusable(schema)
  refuseHidden(hasDefaults ? 'input schema' : 'output schema', schema)
  return publish(schema, hasDefaults)
}
