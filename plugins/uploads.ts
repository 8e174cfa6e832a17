import { pipeline } from 'node:stream'
import type { FastifyRequest, preParsingHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { BLOCK, Gathered } from '../http/gathered.ts'
import { hangUp } from '../http/hang-up.ts'
import { hasSmallBody } from '../http/small-body.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Reads the body of an authenticated request in little memory, and within the bound on all bodies. */
    gatherBody: preParsingHookHandler
  }
}

/** The bound on bodies that are still arriving. */
export interface UploadOptions {
  /** Bytes that all incomplete bodies may hold together. */
  readonly room: number
}

/**
 * The default of `room`: as many bodies of the default size as one caller may have calls. With 64 MiB, 200 bodies of 1 MB
 * at once took up to 410 MB on Node 24, of which most was garbage.
 */
export const UPLOAD_ROOM = 16 * 1024 * 1024

interface Upload {
  readonly request: FastifyRequest
  bytes: number
}

/**
 * Bounds the memory of bodies that are still arriving: a client may take 30 s for each of them. When they hold too
 * much, the caller that holds most loses the connection of its oldest one, so that other callers are spared.
 */
export default fp<UploadOptions>(async function uploads (app, { room }) {
  // A Set keeps the order of insertion: the oldest first.
  const uploads = new Set<Upload>()
  let held = 0

  app.decorate('gatherBody', function gatherBody (request, _reply, payload, done) {
    // Most bodies are small, and need no bound.
    if (hasSmallBody(request.headers)) return done(null, payload)

    const upload: Upload = { request, bytes: 0 }
    uploads.add(upload)
    done(null, pipeline(payload, new Gathered(() => grow(upload)), () => release(upload)))
  })

  function grow (upload: Upload): void {
    // The connection was ended while this piece of the body was being read.
    if (!uploads.has(upload)) return
    upload.bytes += BLOCK
    held += BLOCK
    // Each body that holds memory holds a whole block, so ending one is enough.
    if (held > room) endOne(heaviestCaller())
  }

  function release (upload: Upload): void {
    if (uploads.delete(upload)) held -= upload.bytes
  }

  function heaviestCaller (): string {
    const sums = new Map<string, number>()
    for (const { request, bytes } of uploads) sums.set(request.user.key, (sums.get(request.user.key) ?? 0) + bytes)
    const [[caller]] = [...sums].sort(([, a], [, b]) => b - a) as [[string, number]]
    return caller
  }

  function endOne (caller: string): void {
    const upload = [...uploads].find(({ request, bytes }) => bytes > 0 && request.user.key === caller) as Upload
    release(upload)
    app.log.info({ reason: 'too_much_uploaded', bytes: upload.bytes, client: upload.request.user.clientId }, 'connection ended')
    hangUp(upload.request.raw.socket)
  }
}, {
  name: 'uploads',
  fastify: '5.x',
  dependencies: ['auth']
})
