import type { FrameHeader } from '../../encoding/frame-header.js'
import type { Position } from './position.js'

/** What may wait of one stream until it is known whose it is, bytes. What is beyond that is missing by its numbers, should it count. */
const maxKeptBytes = 1024 * 1024

interface KeptFrame {
  readonly payload: Uint8Array
  readonly receivedAt: number
}

/**
 * Whom a line listened to before somebody else called itself the owner, until that one has answered for the stream: what comes of the one before meanwhile is out of date if it does, and what
 * is followed on if it does not. A real new owner waits for none of this.
 */
export class PreviousOwner {
  readonly position: Position
  #kept: KeptFrame[] = []
  #bytes = 0

  constructor(position: Position) {
    this.position = position
  }

  isOf({ relay, epoch }: Pick<FrameHeader, 'relay' | 'epoch'>): boolean {
    return relay === this.position.relay && epoch === this.position.epoch
  }

  keep(payload: Uint8Array, receivedAt: number): void {
    this.#bytes += payload.length
    if (this.#bytes <= maxKeptBytes) this.#kept.push({ payload, receivedAt })
  }

  get kept(): readonly KeptFrame[] {
    return this.#kept
  }
}
