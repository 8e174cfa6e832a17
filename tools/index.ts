import type { Tool } from '../mcp/tool.ts'
import whoami from './whoami.ts'

/** Every tool of this server, in the order in which clients see them: its whole surface on one screen. */
export const tools: readonly Tool[] = [
  whoami
]
