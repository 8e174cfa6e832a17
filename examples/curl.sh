#!/bin/sh
# Calls whoami with curl, with an older revision of MCP and with the current one.
# Usage: TOKEN=$(npm run -s token) examples/curl.sh [endpoint]
set -eu
: "${TOKEN:?is not set. Get a token first: TOKEN=\$(npm run -s token) $0}"
# Without -s, npm prints lines of its own.
case $TOKEN in *[!A-Za-z0-9._~+/=-]*) echo "TOKEN holds more than a token. Get it with -s: TOKEN=\$(npm run -s token) $0" >&2; exit 2;; esac
endpoint=${1:-http://localhost:3000/mcp}

# Revision 2025-11-25: one POST; a server without sessions needs no "initialize" first.
curl -sS --fail-with-body "$endpoint" \
  -H "Authorization: Bearer $TOKEN" \
  -H 'Content-Type: application/json' \
  -H 'Accept: application/json, text/event-stream' \
  -H 'MCP-Protocol-Version: 2025-11-25' \
  -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami","arguments":{}}}'
echo

# Revision 2026-07-28: each request names its revision, and its headers repeat the method and the tool.
curl -sS --fail-with-body "$endpoint" \
  -H "Authorization: Bearer $TOKEN" \
  -H 'Content-Type: application/json' \
  -H 'Accept: application/json, text/event-stream' \
  -H 'MCP-Protocol-Version: 2026-07-28' \
  -H 'Mcp-Method: tools/call' \
  -H 'Mcp-Name: whoami' \
  -d '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"whoami","arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"curl","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}'
echo
