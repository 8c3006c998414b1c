import { isUtf8 } from 'node:buffer'
import type { InboundFrame } from '../../model/inbound-frame.js'
import { ByteCollector } from './byte-collector.js'
import { firstControlOpcode, isSendableCloseCode, noCodeReceived, opcodes } from './protocol.js'
import { headerViolation, type Violation } from './violation.js'

/** Who receives messages. The window is valid only until the call returns. */
export interface MessageListener {
  onFrame(frame: InboundFrame): void
}

/** Who receives everything else. After `onClose` or `onViolation` the walker reads nothing more. */
export interface ControlListener {
  /** The payload is valid only until the call returns. */
  onPing(payload: Buffer): void
  onPong(): void
  /** A close frame; `code` is 1005 where it carried none. */
  onClose(code: number, reason: string): void
  onViolation(violation: Violation): void
}

/** What a peer may cost us. */
export interface WalkerLimits {
  /** Largest message, bytes, all of its fragments together. */
  readonly maxPayloadBytes: number
  /** Most fragments in one message, empty ones included. */
  readonly maxFragments: number
}

/**
 * What the walker reads next:
 *
 * - `header`: the two bytes that every frame begins with
 * - `length-16`, `length-64`: the longer forms of the payload's length
 * - `control`: the payload of a ping, pong or close frame
 * - `data`: the payload of a message, or of a fragment of one
 * - `nothing`: a close frame or a violation was the end
 */
type Stage = 'header' | 'length-16' | 'length-64' | 'control' | 'data' | 'nothing'

const noBytes = Buffer.alloc(0)

/** The first byte of a frame that is a message by itself. */
const wholeText = 0x80 | opcodes.text
const wholeBinary = 0x80 | opcodes.binary

/**
 * Walks over the frames in the chunks of a socket: the receiving side of RFC 6455, for a client without extensions.
 *
 * A message that lies in one chunk is delivered as a window on that chunk; only what straddles chunks, or comes in fragments, is copied. Every step leaves
 * the walker ready for the next one before it calls a listener, so that a listener may pause, close or throw.
 */
export class FrameWalker {
  readonly #control: ControlListener
  readonly #limits: WalkerLimits
  #messages: MessageListener
  /** The one frame object that is ever delivered. */
  readonly #frame: InboundFrame = { bytes: noBytes, start: 0, end: 0, isBinary: false, receivedAt: 0 }
  #stage: Stage = 'header'
  #isPaused = false

  #chunk: Buffer = noBytes
  #position = 0
  #end = 0

  /** Opcode and last-fragment bit of the frame at hand, and how much of its payload is still to come. */
  #opcode = 0
  #isFinal = false
  #remaining = 0

  /** Text or binary while a message has begun and not ended, otherwise 0. */
  #messageOpcode = 0
  #fragments = 0

  /** What has come of the message at hand, where it does not lie in one piece. */
  readonly #message = new ByteCollector()
  /** Likewise for the few bytes of a header or of a control frame. */
  readonly #scrap = new ByteCollector()
  /** Where `#gather` found its bytes. */
  #piece: Buffer = noBytes

  constructor(control: ControlListener, messages: MessageListener, limits: WalkerLimits) {
    this.#control = control
    this.#messages = messages
    this.#limits = limits
  }

  /** Who receives messages from now on. */
  set messages(listener: MessageListener) {
    this.#messages = listener
  }

  /** Whether bytes wait for `resume`. */
  get hasRest(): boolean {
    return this.#position < this.#end
  }

  /** Whether anything is still read. */
  get isOver(): boolean {
    return this.#stage === 'nothing'
  }

  /** Bytes held by the buffers for what does not lie in one piece. */
  get bufferBytes(): number {
    return this.#message.capacity + this.#scrap.capacity
  }

  /** Stops after the message at hand; what is left of the chunk waits. */
  pause(): void {
    this.#isPaused = true
  }

  /** Goes on with what waits. Also takes up the walk that a listener ended by throwing. */
  resume(): void {
    this.#isPaused = false
    this.#walk()
  }

  /** Reads nothing more, and forgets what waits. */
  stop(): void {
    this.#stage = 'nothing'
    this.#setChunk(noBytes)
  }

  /** Takes a chunk, the first `length` bytes of `bytes`, read at `receivedAt` (epoch ms). The memory is the caller's again when this returns, or throws. */
  receive(bytes: Buffer, length: number, receivedAt: number): void {
    if (this.#stage === 'nothing') return
    if (this.hasRest) this.#setChunk(Buffer.concat([this.#rest, bytes.subarray(0, length)]))
    else this.#setChunk(bytes, length)
    this.#frame.receivedAt = receivedAt
    try {
      this.#walk()
    } finally {
      if (this.hasRest) this.#setChunk(Buffer.from(this.#rest))
    }
  }

  /** What waits, on the memory it came in. */
  get #rest(): Buffer {
    return this.#chunk.subarray(this.#position, this.#end)
  }

  #walk(): void {
    do this.#walkWhole()
    while (!this.#isPaused && this.#step())
    // Nothing that has been read is kept alive: on a quiet connection it would stay for hours.
    this.#frame.bytes = noBytes
    this.#piece = noBytes
    if (!this.hasRest) this.#setChunk(noBytes)
  }

  /** Delivers messages for as long as the next is one frame of less than 64 KiB that lies in the chunk whole, as nearly all do. What it leaves is read step by step. */
  #walkWhole(): void {
    if (this.#stage !== 'header' || this.#messageOpcode !== 0 || this.#scrap.length !== 0) return
    const chunk = this.#chunk
    while (!this.#isPaused && this.#chunk === chunk) {
      const at = this.#position
      if (this.#end - at < 4) return
      const first = chunk[at] as number
      if (first !== wholeText && first !== wholeBinary) return
      let length = chunk[at + 1] as number
      let start = at + 2
      if (length === 126) {
        length = ((chunk[at + 2] as number) << 8) | (chunk[at + 3] as number)
        start = at + 4
      } else if (length > 126) return
      const end = start + length
      if (end > this.#end || length > this.#limits.maxPayloadBytes) return
      this.#position = end
      this.#deliver(chunk, start, end, first === wholeBinary)
    }
  }

  /** Reads what comes next; false where not all of it has arrived. */
  #step(): boolean {
    switch (this.#stage) {
      case 'header':
        return this.#readHeader()
      case 'data':
        return this.#readData()
      case 'length-16':
        return this.#readLength16()
      case 'length-64':
        return this.#readLength64()
      case 'control':
        return this.#readControl()
      case 'nothing':
        return false
    }
  }

  #readHeader(): boolean {
    const at = this.#gather(2)
    if (at < 0) return false
    const first = this.#piece[at] as number
    const second = this.#piece[at + 1] as number
    const violation = headerViolation(first, second, this.#messageOpcode !== 0)
    if (violation !== null) return this.#fail(violation)
    this.#opcode = first & 0x0f
    this.#isFinal = first >= 0x80
    if (second < 126) return this.#enterPayload(second)
    this.#stage = second === 126 ? 'length-16' : 'length-64'
    return true
  }

  #readLength16(): boolean {
    const at = this.#gather(2)
    return at >= 0 && this.#enterPayload(this.#piece.readUInt16BE(at))
  }

  #readLength64(): boolean {
    const at = this.#gather(8)
    // Beyond 2^53 the sum is not exact, and far above every limit all the same.
    return at >= 0 && this.#enterPayload(this.#piece.readUInt32BE(at) * 2 ** 32 + this.#piece.readUInt32BE(at + 4))
  }

  #enterPayload(length: number): boolean {
    this.#remaining = length
    if (this.#opcode >= firstControlOpcode) {
      this.#stage = 'control'
      return true
    }
    if (this.#message.length + length > this.#limits.maxPayloadBytes) return this.#fail('too-large')
    if (this.#opcode !== opcodes.continuation) this.#messageOpcode = this.#opcode
    this.#stage = 'data'
    return true
  }

  #readData(): boolean {
    const start = this.#position
    const available = this.#end - start
    if (this.#isFinal && this.#fragments === 0 && this.#message.length === 0 && available >= this.#remaining) {
      this.#position = start + this.#remaining
      this.#deliverMessage(this.#chunk, start, this.#position)
      return true
    }
    const taken = Math.min(this.#remaining, available)
    this.#message.append(this.#chunk, start, start + taken, this.#message.length + this.#remaining)
    this.#position = start + taken
    this.#remaining -= taken
    return this.#remaining === 0 && this.#endFragment()
  }

  #endFragment(): boolean {
    this.#fragments += 1
    if (this.#fragments > this.#limits.maxFragments) return this.#fail('too-many-fragments')
    this.#stage = 'header'
    if (!this.#isFinal) return true
    const { length } = this.#message
    this.#fragments = 0
    this.#deliverMessage(this.#message.take(), 0, length)
    return true
  }

  #deliverMessage(bytes: Buffer, start: number, end: number): void {
    const isBinary = this.#messageOpcode === opcodes.binary
    this.#messageOpcode = 0
    this.#stage = 'header'
    this.#deliver(bytes, start, end, isBinary)
  }

  #deliver(bytes: Buffer, start: number, end: number, isBinary: boolean): void {
    const frame = this.#frame
    frame.bytes = bytes
    frame.start = start
    frame.end = end
    frame.isBinary = isBinary
    this.#messages.onFrame(frame)
  }

  #readControl(): boolean {
    const at = this.#gather(this.#remaining)
    if (at < 0) return false
    const payload = this.#piece.subarray(at, at + this.#remaining)
    this.#stage = 'header'
    if (this.#opcode === opcodes.ping) this.#control.onPing(payload)
    else if (this.#opcode === opcodes.pong) this.#control.onPong()
    else return this.#readClose(payload)
    return true
  }

  #readClose(payload: Buffer): boolean {
    const hasCode = payload.length > 0
    const code = hasCode ? payload.readUInt16BE(0) : noCodeReceived
    const reason = payload.subarray(2)
    if (hasCode && !isSendableCloseCode(code)) return this.#fail('invalid-close-code')
    if (!isUtf8(reason)) return this.#fail('invalid-close-reason')
    this.stop()
    this.#control.onClose(code, reason.toString())
    return false
  }

  #fail(violation: Violation): boolean {
    this.stop()
    this.#control.onViolation(violation)
    return false
  }

  /**
   * Where in `#piece` the next `count` bytes begin, at most a few: in the chunk itself, or put together from several.
   * Negative while some of them are still to come.
   */
  #gather(count: number): number {
    const start = this.#position
    const scrap = this.#scrap
    if (scrap.length === 0 && this.#end - start >= count) {
      this.#position = start + count
      this.#piece = this.#chunk
      return start
    }
    const taken = Math.min(count - scrap.length, this.#end - start)
    scrap.append(this.#chunk, start, start + taken, count)
    this.#position = start + taken
    if (scrap.length < count) return -1
    this.#piece = scrap.take()
    return 0
  }

  #setChunk(chunk: Buffer, length = chunk.length): void {
    this.#chunk = chunk
    this.#position = 0
    this.#end = length
  }
}
