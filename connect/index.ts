import { claude, claudeCode } from './claude.ts'
import type { Client, Target } from './client.ts'
import { cursor } from './cursor.ts'
import { gemini } from './gemini.ts'
import { curl, httpie } from './http.ts'
import { inspector } from './inspector.ts'
import { mcpRemote } from './mcp-remote.ts'
import { chatgpt, codex } from './openai.ts'
import { vsCode } from './vs-code.ts'

/** How each known MCP client is connected with this server. */
export function clientsFor (target: Target): readonly Client[] {
  return [claudeCode, claude, chatgpt, vsCode, cursor, codex, gemini, inspector, mcpRemote, curl, httpie].map(client => client(target))
}
