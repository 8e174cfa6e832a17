import type { TextMapGetter } from '@opentelemetry/api'

/** Longest value, in characters (W3C Baggage §3.3.2). */
export const MAX_VALUE_LENGTH = 8192
/** The most members of a value: as many as OpenTelemetry's own propagator keeps. */
export const MAX_MEMBERS = 180

/**
 * Reads headers or `_meta` for a propagator. A propagator expects texts, and may throw on other values, such as baggage that
 * is an object. It makes an error for each wrong member, and a body of 1 MB has room for hundreds of thousands. A value
 * that is no text, or beyond one of the bounds, counts as absent.
 */
export const boundedGetter: TextMapGetter<Readonly<Record<string, unknown>>> = {
  keys: carrier => Object.keys(carrier),
  get (carrier, name) {
    const value = carrier[name]
    return typeof value === 'string' && value.length <= MAX_VALUE_LENGTH && value.split(',').length <= MAX_MEMBERS ? value : undefined
  }
}
