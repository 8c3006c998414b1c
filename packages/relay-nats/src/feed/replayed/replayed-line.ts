import type { StreamError } from '@tapewire/core'
import { isNumbered, readHeader } from '../../encoding/frame-header.js'
import { ReadMemory } from '../../stored/read-memory.js'
import type { StoredRecord, StoredStart } from '../../stored/stored-reader.js'
import type { HopMeter } from '../hop-meter.js'
import { Position } from '../live/position.js'
import type { Desk, Line } from '../transport/lines.js'
import { StoredSubject } from '../transport/stored-subject.js'

/** How far a consumer has come with one stream that is kept, over all its connections. */
export class ReplayedPosition {
  readonly memory: ReadMemory = new ReadMemory()
  /** By the relays' own numbers; null before the first record. */
  numbers: Position | null = null
}

/** What a line that replays is made with. */
export interface ReplayedLineParts {
  readonly desk: Desk
  readonly subject: string
  readonly requestId: number
  /** The JetStream stream that keeps it. */
  readonly stored: string
  readonly start: StoredStart
  readonly position: ReplayedPosition
  readonly hop: HopMeter
  readonly isPaused: boolean
}

const encoder = new TextEncoder()

/** The mark of a frame that was stored before reading began; the others say how many of its records were told already. */
export const replayedMark = 0x8000_0000

/**
 * One stream of market data, read where it is kept: from the start on, and then what comes, all of it from the same place, so that there is neither a hole nor a double in between.
 * What NATS did not keep shows by the relays' numbers.
 */
export class ReplayedLine implements Line {
  readonly subject: string
  readonly #parts: ReplayedLineParts
  readonly #name: Uint8Array
  readonly #stored: StoredSubject
  #isLive = false
  #isEnded = false

  constructor(parts: ReplayedLineParts) {
    const { desk, subject, stored: stream, start, position, isPaused } = parts
    const { connection, clock } = desk
    this.subject = subject
    this.#parts = parts
    this.#name = encoder.encode(subject)
    const listener = {
      onRecord: (record: StoredRecord) => this.#onRecord(record),
      onLost: () => desk.fault(this.#name, 'What was kept of the stream was removed before it was read.', null),
      onCaughtUp: (sequence: number) => this.#onCaughtUp(sequence),
      onEnd: (error: StreamError | null) => this.#onReaderEnd(error),
    }
    const { memory } = position
    this.#stored = new StoredSubject({ connection, clock, stream, subject, start, memory, listener }, isPaused)
    void this.#begin()
  }

  pause(): void {
    this.#stored.pause()
  }

  resume(): void {
    this.#stored.resume()
  }

  end(): void {
    this.#isEnded = true
    this.#stored.end()
  }

  /** While the past is told, nobody need be there. */
  onRelayDead(relay: number): void {
    const { desk, position } = this.#parts
    if (this.#isLive && position.numbers?.relay === relay)
      desk.fault(this.#name, 'The relay that published it is gone.', null)
  }

  /** What another relay publishes is read as it comes. */
  onRelayAppeared(): void {}

  async #begin(): Promise<void> {
    const { desk, requestId } = this.#parts
    const refusal = await this.#stored.open()
    if (this.#isEnded) return
    if (refusal !== null) desk.drop(this.subject)
    desk.tell({ action: 'subscribe', requestId, streamId: this.subject, refusal })
  }

  #onCaughtUp(sequence: number): void {
    this.#isLive = true
    const { desk } = this.#parts
    const text = `${this.subject}: everything that was stored is told, until ${sequence}; what follows is live`
    desk.emit('caught-up', this.#name, 0, encoder.encode(text), desk.clock.now())
  }

  /** Without its reader a connection is of no use: the next one goes on where it was. */
  #onReaderEnd(error: StreamError | null): void {
    if (error !== null && !this.#isEnded) void this.#parts.desk.connection.close()
  }

  #onRecord({ payload }: StoredRecord): void {
    if (this.#isEnded) return
    const { desk, hop, position } = this.#parts
    const receivedAt = desk.clock.now()
    const header = readHeader(payload)
    if (header === null || !isNumbered(header)) {
      hop.foreign += 1
      desk.emit('foreign', this.#name, 0, payload, receivedAt)
      return
    }
    const { relay, epoch, sequence } = header
    position.numbers ??= new Position({ relay, epoch, sequence: sequence - 1 })
    const numbers = position.numbers
    const { missing } = numbers
    const verdict = numbers.take(header)
    if (verdict.kind === 'old') {
      if (verdict.isForeign) hop.outdated += 1
      return
    }
    hop.missing += numbers.missing - missing
    if (verdict.fault !== null) desk.fault(this.#name, verdict.fault, null)
    // How long a frame took says nothing where it was kept meanwhile.
    if (this.#isLive) {
      desk.saw(relay)
      hop.note(header, receivedAt)
    }
    desk.emit('frame', this.#name, this.#isLive ? verdict.skip : verdict.skip + replayedMark, payload, receivedAt)
  }
}
