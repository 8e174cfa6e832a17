import '@opentelemetry/api'

// An application that loads the API of OpenTelemetry without an SDK: nobody makes spans.
