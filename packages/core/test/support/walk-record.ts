import type { InboundFrame } from '../../src/model/inbound-frame.js'
import { FrameWalker, type WalkerLimits } from '../../src/transport/walker/frame-walker.js'

/** Something a walker said, readable in a diff. */
export type Said =
  | { readonly text: string }
  | { readonly binary: string }
  | { readonly ping: string }
  | 'pong'
  | { readonly close: number; readonly reason: string }
  | { readonly violation: string }

/** A walker with everything it says written down. */
export class WalkRecord {
  readonly said: Said[] = []
  readonly walker: FrameWalker
  /** The object and memory of the latest message, as they were delivered. */
  latest: InboundFrame | null = null
  latestBytes: Buffer | null = null
  /** Called for each message, after it has been written down. */
  onMessage: () => void = () => {}

  constructor(limits: Partial<WalkerLimits> = {}) {
    this.walker = new FrameWalker(
      {
        onPing: (payload) => this.said.push({ ping: payload.toString('latin1') }),
        onPong: () => this.said.push('pong'),
        onClose: (close, reason) => this.said.push({ close, reason }),
        onViolation: (violation) => this.said.push({ violation }),
      },
      {
        onFrame: (frame) => {
          const content = frame.bytes.subarray(frame.start, frame.end)
          this.latest = frame
          this.latestBytes = frame.bytes
          this.said.push(frame.isBinary ? { binary: content.toString('hex') } : { text: content.toString('latin1') })
          this.onMessage()
        },
      },
      { maxPayloadBytes: 1024 * 1024, maxFragments: 100, ...limits },
    )
  }

  /** What it has said after these chunks. */
  after(...chunks: readonly Buffer[]): readonly Said[] {
    for (const chunk of chunks) receiveInLentMemory(this.walker, chunk)
    return this.said
  }
}

/** Memory that is longer than the chunk, and overwritten as soon as it is read: nothing may be left in it. */
export function receiveInLentMemory(walker: FrameWalker, chunk: Buffer): void {
  const memory = Buffer.concat([chunk, Buffer.from('not of this chunk')])
  try {
    walker.receive(memory, chunk.length, 0)
  } finally {
    memory.fill(0xa5)
  }
}

/** The bytes one at a time, each in a chunk of its own. */
export function dribble(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (byte) => Buffer.from([byte]))
}
