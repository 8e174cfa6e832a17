#!/bin/sh
# Lists the tools and calls whoami with HTTPie.
# Usage: TOKEN=$(npm run -s token) examples/httpie.sh [endpoint]
set -eu
: "${TOKEN:?is not set. Get a token first: TOKEN=\$(npm run -s token) $0}"
# Without -s, npm prints lines of its own.
case $TOKEN in *[!A-Za-z0-9._~+/=-]*) echo "TOKEN holds more than a token. Get it with -s: TOKEN=\$(npm run -s token) $0" >&2; exit 2;; esac
endpoint=${1:-http://localhost:3000/mcp}

http --check-status --ignore-stdin --body POST "$endpoint" \
  "Authorization: Bearer $TOKEN" 'Accept: application/json, text/event-stream' 'MCP-Protocol-Version: 2025-11-25' \
  jsonrpc=2.0 id:=1 method=tools/list
echo

http --check-status --ignore-stdin --body POST "$endpoint" \
  "Authorization: Bearer $TOKEN" 'Accept: application/json, text/event-stream' 'MCP-Protocol-Version: 2025-11-25' \
  jsonrpc=2.0 id:=2 method=tools/call 'params:={"name": "whoami", "arguments": {}}'
echo
