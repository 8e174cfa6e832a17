import neostandard, { resolveIgnoresFromGitignore } from 'neostandard'

const noFastify = { regex: '^@?fastify', message: 'This folder must not import Fastify: its rules hold for any server.' }

/** Lets the files of a folder import packages and one another, and nothing that matches one of `patterns`. */
function closed (folder, ...patterns) {
  return {
    files: [`${folder}/**`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [noFastify, ...patterns] }] }
  }
}

const TOOLS = 'tools/ imports nothing else of the project but mcp/tool.ts.'

export default [
  ...neostandard({ ts: true, ignores: resolveIgnoresFromGitignore() }),
  {
    rules: {
      // A schema and its type share a name: `const X` and `type X`. tsc finds every other redeclaration.
      '@typescript-eslint/no-redeclare': 'off'
    }
  },
  // The rules of OAuth and MCP do not depend on the server, and tools depend on their contract only.
  closed('auth', { regex: '\\.\\.', message: 'auth/ imports nothing else of the project.' }),
  closed('auth/keys', { regex: '\\.\\./(?![a-z-]+\\.ts$)', message: 'auth/ imports nothing else of the project.' }),
  closed('mcp',
    { regex: '\\.\\.(?!/auth/caller\\.ts$)', message: 'mcp/ imports nothing else of the project but the types of auth/caller.ts.' },
    { group: ['../auth/caller.ts'], allowTypeImports: true, message: 'mcp/ imports its types only.' }),
  closed('mcp/*',
    { regex: '\\.\\./\\.\\.(?!/auth/caller\\.ts$)', message: 'mcp/ imports nothing else of the project but the types of auth/caller.ts.' },
    { group: ['../../auth/caller.ts'], allowTypeImports: true, message: 'mcp/ imports its types only.' }),
  closed('api',
    { regex: '\\.\\.(?!/(?:auth|mcp)/)', message: 'api/ imports nothing else of the project but auth/ and mcp/.' },
    { group: ['../auth/*', '!../auth/kind.ts'], allowTypeImports: true, message: 'api/ imports auth/kind.ts, and the types of auth/.' }),
  closed('connect', { regex: '\\.\\.', message: 'connect/ imports nothing else of the project.' }),
  closed('limits', { regex: '\\.\\.', message: 'limits/ imports nothing else of the project.' }),
  closed('limits/redis', { regex: '\\.\\./(?![a-z-]+\\.ts$)', message: 'limits/ imports nothing else of the project.' }),
  closed('tracing', { regex: '\\.\\.', message: 'tracing/ imports nothing else of the project.' }),
  closed('metrics', { regex: '\\.\\.', message: 'metrics/ imports nothing else of the project.' }),
  closed('tools', { regex: '\\.\\.(?!/mcp/tool\\.ts$)', message: TOOLS }),
  // A tool in a folder may import its neighbours and tools/shared/.
  closed('tools/*', { regex: '\\.\\./(?:[^/]+/)*\\.\\.(?!/mcp/tool\\.ts$)', message: TOOLS }),
  {
    // The build must not contain code for development and tests.
    files: ['*.ts', 'api/**', 'http/**', 'page/**', 'plugins/**', 'process/**', 'routes/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: ['**/dev/*', '**/test/*', '**/bench/*'] }]
    }
  }
]
