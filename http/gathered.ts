import { Transform, type TransformCallback } from 'node:stream'

/** Bytes of a block. */
export const BLOCK = 16 * 1024

/**
 * Copies a body into full blocks. Each piece that arrives is a Buffer, which takes some 200 bytes beside its content, so
 * a body of 1 MiB in pieces of one byte would fill the heap.
 */
export class Gathered extends Transform {
  readonly #onBlock: () => void
  #block = Buffer.alloc(0)
  #used = 0

  /** @param onBlock called when memory for a further block is taken */
  constructor (onBlock: () => void) {
    super()
    this.#onBlock = onBlock
  }

  override _transform (piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    for (let at = 0; at < piece.length;) {
      if (this.#used === this.#block.length) this.#startBlock()
      const copied = piece.copy(this.#block, this.#used, at)
      this.#used += copied
      at += copied
    }
    done()
  }

  override _flush (done: TransformCallback): void {
    done(null, this.#block.subarray(0, this.#used))
  }

  #startBlock (): void {
    if (this.#used > 0) this.push(this.#block)
    this.#block = Buffer.allocUnsafe(BLOCK)
    this.#used = 0
    this.#onBlock()
  }
}
