import neostandard, { resolveIgnoresFromGitignore } from 'neostandard'

export default [
  ...neostandard({ ts: true, ignores: resolveIgnoresFromGitignore() }),
  {
    rules: {
      // `const X` is the schema and `type X` what it describes; tsc guards the rest.
      '@typescript-eslint/no-redeclare': 'off'
    }
  },
  {
    // The rules of OAuth and MCP know nothing of the server that applies them.
    files: ['auth/**', 'mcp/**', 'tools/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: ['fastify', '@fastify/*', '**/plugins/*', '**/routes/*', '**/app.ts', '**/dev/*'] }]
    }
  },
  {
    // Nothing that is shipped can reach what is for development and tests.
    files: ['*.ts', 'plugins/**', 'routes/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: ['**/dev/*', '**/test/*', '**/bench/*'] }]
    }
  }
]
