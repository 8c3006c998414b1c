import type { StreamError } from '@tapewire/core'
import { type FrameHeader, isNumbered, readHeader } from '../../encoding/frame-header.js'
import type { ReadMemory } from '../../stored/read-memory.js'
import type { StoredRange } from '../../stored/stored-range.js'
import { StoredReader, type StoredRecord } from '../../stored/stored-reader.js'
import type { StreamAnswer } from '../transport/answer.js'
import type { Desk, Line } from '../transport/lines.js'

/** Where a stream is kept, and what becomes of it. */
export interface StoredSource {
  readonly subject: string
  /** The JetStream stream that keeps it. */
  readonly stored: string
  readonly range: StoredRange
  /** What was read of it over earlier connections. */
  readonly memory: ReadMemory
  /** Whether core asks what became of a gap of it: of a book it does not. */
  readonly isAskedAbout: boolean
  records(line: StoredLine): StoredRecords
}

/** What becomes of what is read of one stream, as long as its line lasts. */
export interface StoredRecords {
  /** Before anything is read: why the stream is refused, or null. */
  begin(): Promise<StreamAnswer['refusal']>
  /** A frame of a relay with a number. */
  onFrame(header: FrameHeader, payload: Uint8Array, receivedAt: number): void
  /** What is no such frame came, and is told as that. */
  onForeign(): void
  /** Some of what was stored was removed before it was read. */
  onLost(): void
  /** What was stored when reading began is told, and goes on; `sequence` is the place of the last of it. */
  onCaughtUp(sequence: number): void
  onBeat(relay: number): void
  onRelayDead(relay: number): void
  onRelayAppeared(): void
}

/** How a line is begun. */
export interface StoredLineParts {
  readonly desk: Desk
  readonly source: StoredSource
  readonly requestId: number
  readonly isPaused: boolean
  /** It is told to its end, or was refused. */
  onOver(): void
  /** Core will ask what became of a gap. */
  onLoss(): void
}

const encoder = new TextEncoder()

/** One stream, read where it is stored: from where the line before it ended, then what comes, all of it from the same place, so that there is neither a hole nor a double in between. */
export class StoredLine implements Line {
  readonly subject: string
  readonly desk: Desk
  readonly #source: StoredSource
  readonly #requestId: number
  readonly #name: Uint8Array
  readonly #onOver: () => void
  readonly #onLoss: () => void
  readonly #records: StoredRecords
  #reader: StoredReader | null = null
  #isPaused: boolean
  #isAccepted = false
  #isLive = false
  #isFinished = false
  #isEnded = false

  constructor({ desk, source, requestId, isPaused, onOver, onLoss }: StoredLineParts) {
    this.subject = source.subject
    this.desk = desk
    this.#source = source
    this.#requestId = requestId
    this.#onOver = onOver
    this.#onLoss = onLoss
    // Read before, over a connection that was lost.
    if (source.memory.next !== null && source.isAskedAbout) onLoss()
    this.#name = encoder.encode(source.subject)
    this.#isPaused = isPaused
    this.#records = source.records(this)
    void this.#begin()
  }

  /** Whether what comes now was not stored yet when reading began. */
  get isLive(): boolean {
    return this.#isLive
  }

  /** Whether it is told to the end that was asked for. */
  get isFinished(): boolean {
    return this.#isFinished
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  pause(): void {
    this.#isPaused = true
    this.#reader?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#reader?.resume()
  }

  end(): void {
    this.#isEnded = true
    this.#reader?.close()
  }

  onBeat(relay: number): void {
    this.#records.onBeat(relay)
  }

  onRelayDead(relay: number): void {
    this.#records.onRelayDead(relay)
  }

  onRelayAppeared(): void {
    this.#records.onRelayAppeared()
  }

  /** Passes a frame on, with what its reader is to know besides. */
  pass(mark: number, payload: Uint8Array, receivedAt: number): void {
    this.desk.emit('frame', this.#name, mark, payload, receivedAt)
  }

  /** What comes of the stream after this is not what follows on to what came before. */
  fault(reason: string): void {
    if (this.#source.isAskedAbout) this.#onLoss()
    this.desk.fault(this.#name, reason, null)
  }

  /** That everything which was stored is told, in its place. */
  sayCaughtUp(sequence: number): void {
    this.#say(`everything that was stored is told, until ${sequence}; what follows is live`)
  }

  /** Has core ask for the stream once more, soon, where it was accepted: that ends a gap of a stream that nothing happens on, where a fault alone is ended by the next event. */
  askAnew(refusal: StreamAnswer['refusal']): void {
    if (this.#isAccepted) this.#answer(refusal)
  }

  async #begin(): Promise<void> {
    const refusal = (await this.#records.begin()) ?? (await this.#open())
    if (this.#isEnded) return
    if (refusal !== null) this.desk.drop(this.subject)
    this.#isAccepted = refusal === null
    this.#answer(refusal)
    if (refusal !== null) this.#onOver()
    if (this.#isPaused) this.#reader?.pause()
    this.#reader?.begin()
  }

  #say(text: string): void {
    const payload = encoder.encode(`${this.subject}: ${text}`)
    this.desk.emit('caught-up', this.#name, 0, payload, this.desk.clock.now())
  }

  #answer(refusal: StreamAnswer['refusal']): void {
    this.desk.tell({ action: 'subscribe', requestId: this.#requestId, streamId: this.subject, refusal })
  }

  /** Why it cannot be read, where it cannot. */
  async #open(): Promise<StreamAnswer['refusal']> {
    if (this.#isEnded) return null
    const { connection, clock } = this.desk
    const { stored: stream, subject, range, memory } = this.#source
    const { from: start, to: end } = range
    const listener = {
      onRecord: (record: StoredRecord) => this.#onRecord(record),
      onLost: () => this.#records.onLost(),
      onCaughtUp: (sequence: number) => this.#onCaughtUp(sequence),
      onEnd: (error: StreamError | null) => this.#onReaderEnd(error),
    }
    try {
      const reader = await StoredReader.open({ connection, clock, stream, subject, start, end, memory, listener })
      this.#reader = reader
      if (this.#isEnded) reader.close()
      return null
    } catch (thrown) {
      const { code, shortMessage: reason } = thrown as StreamError
      return { code, reason }
    }
  }

  #onRecord({ payload }: StoredRecord): void {
    if (this.#isEnded) return
    const receivedAt = this.desk.clock.now()
    const header = readHeader(payload)
    if (header !== null && isNumbered(header)) {
      this.#records.onFrame(header, payload, receivedAt)
      return
    }
    this.#records.onForeign()
    this.desk.emit('foreign', this.#name, 0, payload, receivedAt)
  }

  #onCaughtUp(sequence: number): void {
    const { range, memory } = this.#source
    if (range.to === null) {
      this.#isLive = true
      this.#records.onCaughtUp(sequence)
      return
    }
    this.#isFinished = true
    if (!memory.isFinished) this.#say(`everything that was asked for is told, until ${sequence}`)
    memory.isFinished = true
    this.#onOver()
  }

  /** Without its reader a connection is of no use: the next one goes on where it was. */
  #onReaderEnd(error: StreamError | null): void {
    if (error !== null && !this.#isEnded) void this.desk.connection.close()
  }
}
