import type { Grant } from '../../limits/limits.ts'

export function waitOf (granted: Grant): number {
  return typeof granted === 'function' ? 0 : granted.wait
}
