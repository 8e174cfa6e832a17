import { inFile, type Mutant } from './list.ts'

const [metrics, listener, sum, workers, spans] = ['test/metrics/metrics.test.ts', 'test/metrics/listener.test.ts', 'test/metrics/sum.test.ts', 'test/metrics/workers.test.ts', 'test/tracing/spans.test.ts']

/** What the figures and the traces tell, and what they must not. */
export function figureMutants (): Mutant[] {
  return [
    ...inFile('metrics/metrics.ts', [
      ['label-tool', 'a caller makes a series for each tool name', 'knownTools.has(tool) ? tool : OTHER', 'tool', metrics],
      ['label-method', 'a caller makes a series for each method', 'methods.has(method) ? method : OTHER', 'method', metrics],
      ['label-reason', 'an unknown reason makes a series of its own', 'knownReasons.has(reason) ? reason : OTHER', 'reason', metrics]
    ]),
    ...inFile('metrics/sum.ts', [
      ['sum-falls', 'what a dead worker counted is lost', 'gone = together([gone, counted])', '', sum],
      ['gauge-of-dead', 'the gauges of a dead worker stay', '.filter(({ type }) => isCounted(type))', '', sum]
    ]),
    ...inFile('metrics/listener.ts', [
      ['metrics-paths', 'every path of the listener answers', "else if (path !== '/metrics') response.writeHead(404).end()\n    else if", 'else if', listener],
      ['metrics-host', 'a web page reads the figures by DNS rebinding', 'if (!isAccepted(request.headers.host))', 'if (false)', listener],
      ['metrics-unread', 'a client that does not read its answer holds its connection', '() => request.socket.destroy()', '() => {}', listener],
      ['metrics-idle', 'a connection outlives its answer by the idle limit of Node', '    response.shouldKeepAlive = false\n', '', `${listener}#closes a connection`],
      ['metrics-methods', 'the listener takes every method', "request.method !== 'GET' && request.method !== 'HEAD'", 'false', listener],
      ['metrics-flood', 'a flood of connections takes all files', 'if (sockets.size > MAX_CONNECTIONS)', 'if (false)', `${listener}#a flood`],
      ['metrics-lock-out', 'connections that send nothing lock Prometheus out', 'sockets.values().next().value?.destroy()', 'socket.destroy()', `${listener}#a flood`],
      ['metrics-each', 'each of many requests reads the figures anew', 'if (reading === undefined) {', 'if (true) {', `${listener}#requests that`],
      ['metrics-turn', 'requests of one turn read the figures one by one', '.finally(() => setImmediate(end))', '.finally(end)', `${listener}#requests that`]
    ]),
    ...inFile('metrics/host.ts', [
      ['metrics-name', 'a name that ends like an address passes for one', 'isIPv4(name)', '/^[\\d.]+/.test(name)', listener],
      ['metrics-cluster', 'Prometheus cannot ask by a name of the cluster', 'if (!LOOPBACK.test(address)) return () => true', '', listener]
    ]),
    ...inFile('metrics/workers.ts', [
      ['metrics-hang', 'a scrape waits for ever for a worker that hangs', 'const timer = setTimeout(resolve, ANSWER_TIMEOUT_MS)', 'const timer = undefined', workers],
      ['metrics-of-dead', 'what a dead worker counted is lost, and its gauges stay', "cluster.on('exit', ({ id }) => sum.remove(id))", '', `${workers}#the primary asks`, 'test/e2e/metrics.test.ts#WORKERS=2']
    ]),
    ...inFile('plugins/metrics.ts', [
      ['metrics-refusals', 'refusals are not counted', 'if (refusal !== null) counted.refusal(refusal.code)', '', metrics],
      ['metrics-outcome', 'a call that is limited or fails counts as a good one', 'record.outcome ?? outcome', 'outcome', metrics, 'test/plugins/audit.test.ts']
    ]),
    ...inFile('plugins/limits.ts', [
      ['hits-tokens', 'refused tokens over the limit are not counted', "if (typeof granted !== 'function') hits.refused_tokens++", '', metrics],
      ['hits-calls', 'the metrics do not tell which limit was hit', "hits[granted.atOnce ? 'concurrency' : 'calls']++", 'hits.calls++', metrics]
    ]),
    ...inFile('tracing/detect.ts', [
      ['trace-always', 'tracing is loaded without an SDK', '?.trace !== undefined', '?.trace !== null', spans]
    ]),
    ...inFile('tracing/spans.ts', [
      ['trace-words', 'a span holds the text of an error', 'error instanceof Error ? error.name : typeof error', 'String(error)', spans],
      ['trace-parent', 'the trace of a message is ignored', "carrier['traceparent'] !== undefined", 'false', spans],
      ['trace-outer', 'a caller moves the span of an instrumented server elsewhere', 'trace.getSpan(active) === undefined', 'true', spans],
      ['trace-fine', 'the span of a failure reads like a good one', "if (error !== undefined) span.setAttribute('error.type', error)", "if (error === '') span.setAttribute('error.type', error)", spans],
      ['trace-tool-fine', 'the span of a tool that failed never ends', 'span.end()\n      throw error', 'throw error', spans],
      ['trace-question', 'a question to the user marks its tool as failed', 'if (isFailure(error))', 'if (true)', spans]
    ]),
    ...inFile('tracing/carrier.ts', [
      ['trace-texts', 'a caller makes a propagator throw, and no span of its call ends', "typeof value === 'string'", '(value as string)?.length > 0', spans],
      ['trace-length', 'a caller lets a propagator read a megabyte', ' && value.length <= MAX_VALUE_LENGTH', '', spans],
      ['trace-members', 'a caller lets a propagator throw thousands of errors in one batch', " && value.split(',').length <= MAX_MEMBERS", '', spans]
    ]),
    ...inFile('plugins/tracing.ts', [
      ['trace-name', 'a caller chooses the name of a span', "KNOWN_METHODS.has(method) ? method : 'unknown method'", 'method', spans],
      ['trace-tool', 'a caller chooses the name of a tool in a span', 'const tool = call.tool?.declaration.name', "const tool = method === 'tools/call' ? String(params['name']) : undefined", spans],
      ['trace-id', 'the log line has no trace', 'record as CallRecord).traceId = operation.span.spanContext().traceId', 'record as CallRecord).traceId = undefined', spans],
      ['trace-outcome', 'a call that was denied has the span of a good one', 'record.outcome ?? outcome', "record.outcome ?? 'ok'", spans],
      ['trace-wait', 'a wait for keys has no span', 'if (found instanceof Promise) noteWait(found)', '', spans]
    ])
  ]
}
