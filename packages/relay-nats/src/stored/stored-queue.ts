import type { RecordToStore, StoredLoss } from './record-to-store.js'

/** Taken records before the rest is moved to the front, so that taking one costs no move. */
const movedAfter = 1_024

/** What waits of one subject, in order: at its head at most one record that is in flight, and before the rest, where some were given up, the record that tells of it. */
export class StoredQueue {
  readonly subject: string
  readonly #records: RecordToStore[] = []
  #first = 0
  #inFlight: RecordToStore | null = null
  /** What of its bytes counts as waiting: a record that tells of a loss was never counted. */
  #inFlightBytes = 0
  #loss: StoredLoss | null = null

  constructor(subject: string) {
    this.subject = subject
  }

  /** Records that wait, the one in flight and the one that tells of a loss included. */
  get length(): number {
    return this.#waiting + (this.#inFlight === null ? 0 : 1) + (this.#loss === null ? 0 : 1)
  }

  get canDrop(): boolean {
    return this.#waiting > 0
  }

  push(record: RecordToStore): void {
    this.#records.push(record)
  }

  /** Gives up the oldest that is not in flight, and returns its bytes. */
  dropOldest(): number {
    const record = this.#shift()
    if (record === null) return 0
    const { receivedAt } = record
    this.#loss = {
      subject: this.subject,
      count: (this.#loss?.count ?? 0) + 1,
      from: this.#loss?.from ?? receivedAt,
      to: receivedAt,
    }
    return record.payload.byteLength
  }

  /** The record to send: the one that was in flight again, until `settle()`. Null where nothing waits. */
  takeNext(tellLoss: (loss: StoredLoss) => RecordToStore): RecordToStore | null {
    if (this.#inFlight !== null) return this.#inFlight
    if (this.#loss !== null) {
      this.#inFlight = tellLoss(this.#loss)
      this.#loss = null
      this.#inFlightBytes = 0
      return this.#inFlight
    }
    this.#inFlight = this.#shift()
    this.#inFlightBytes = this.#inFlight?.payload.byteLength ?? 0
    return this.#inFlight
  }

  /** The record in flight is kept by the server; returns its bytes. */
  settle(): number {
    this.#inFlight = null
    return this.#inFlightBytes
  }

  get #waiting(): number {
    return this.#records.length - this.#first
  }

  #shift(): RecordToStore | null {
    const record = this.#records[this.#first]
    if (record === undefined) return null
    this.#first += 1
    if (this.#first === this.#records.length || this.#first >= movedAfter) {
      this.#records.splice(0, this.#first)
      this.#first = 0
    }
    return record
  }
}
