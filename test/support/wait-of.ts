import type { Grant } from '../../limits/limits.ts'

/** How long the caller must wait, in milliseconds; 0 if the use was granted. */
export function waitOf (granted: Grant): number {
  return typeof granted === 'function' ? 0 : granted.wait
}
