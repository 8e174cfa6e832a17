/** Headers of every answer: caches must not store it, browsers must not guess its type (RFC 9700 §4.3). */
export const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff'
} as const
