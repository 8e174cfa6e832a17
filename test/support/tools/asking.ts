import { Type } from '@sinclair/typebox'
import { defineTool, elicit, roots, sample, type Content, type Context, type Tool } from '../../../mcp/tool.ts'

const Name = Type.Object({ name: Type.String() })
const Color = Type.Object({ color: Type.String() })
const Yes = Type.Object({ ok: Type.Boolean() })

const whatName = elicit('What is your name?', Name)
const really = elicit('Is that right?', Yes)
const capital = sample('What is the capital of France?', 100)

function asks (name: string, handler: (context: Context) => string): Tool {
  return defineTool({
    name,
    title: name,
    description: 'Asks its client before it answers.',
    scopes: ['test:ask'],
    input: Type.Object({}),
    handler: (_input, context): readonly Content[] => [{ type: 'text', text: handler(context) }]
  })
}

/** Tools that ask their client, with the names that the conformance suite expects. */
export const askingTools: readonly Tool[] = [
  asks('test_missing_capability', ({ ask }) => {
    ask({ capital })
    return 'Paris, I hope.'
  }),

  asks('test_streaming_elicitation', ({ ask }) => {
    ask({ name: whatName })
    return 'Hello.'
  }),

  asks('test_input_required_result_elicitation', ({ ask }) => {
    const { user_name: user } = ask({ user_name: elicit('What is your name?', Name, { unasked: true }) })
    return user.action === 'accept' ? `Hello, ${user.content.name}!` : 'Hello, whoever you are!'
  }),

  asks('test_input_required_result_sampling', ({ ask }) => {
    const { capital_question: answer } = ask({ capital_question: capital })
    return JSON.stringify(answer.content)
  }),

  asks('test_input_required_result_list_roots', ({ ask }) => {
    const { client_roots: answer } = ask({ client_roots: roots() })
    return `You have ${answer.roots.length} roots.`
  }),

  asks('test_input_required_result_request_state', ({ ask }) => {
    ask({ confirm: really })
    return 'state-ok'
  }),

  asks('test_input_required_result_tampered_state', ({ ask }) => {
    ask({ confirm: really })
    return 'state-ok'
  }),

  asks('test_input_required_result_multiple_inputs', ({ ask }) => {
    ask({ user_name: whatName, capital_question: capital, client_roots: roots() })
    return 'All three are there.'
  }),

  asks('test_input_required_result_multi_round', ({ ask }) => {
    const { step1 } = ask({ step1: elicit('Step 1: What is your name?', Name) })
    const { step2 } = ask({ step2: elicit('Step 2: What is your favorite color?', Color) })
    return step1.action === 'accept' && step2.action === 'accept' ? `${step1.content.name} likes ${step2.content.color}.` : 'As you wish.'
  }),

  asks('test_input_required_result_capabilities', ({ ask, clientCapabilities }) => {
    if ('elicitation' in clientCapabilities) ask({ name: whatName })
    if ('sampling' in clientCapabilities) ask({ capital })
    return 'Nobody to ask.'
  })
]
