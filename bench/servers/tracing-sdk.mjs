import { BatchSpanProcessor, InMemorySpanExporter, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'

// A real SDK. The spans go to memory, so that no network is measured.
const exporter = new InMemorySpanExporter()
new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] }).register()
setInterval(() => exporter.reset(), 1000).unref()
