import type { IncomingHttpHeaders } from 'node:http'

/** Bytes. Most messages of clients are smaller. */
const SMALL = 4096

/** Whether a request has no body, or one that its headers declare to be small. */
export function hasSmallBody ({ 'content-length': length, 'transfer-encoding': encoding }: IncomingHttpHeaders): boolean {
  return encoding === undefined && Number(length ?? 0) <= SMALL
}
