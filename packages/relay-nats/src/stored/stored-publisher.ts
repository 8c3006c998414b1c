import type { Clock, Timer } from '@tapewire/core'
import type { RecordToStore, StoredLoss } from './record-to-store.js'
import { StoredQueue } from './stored-queue.js'

/** Where records are kept. */
export interface StoreLink {
  /** Whether there is a connection. Nothing is sent without one. */
  readonly isUp: boolean
  /** Calls back whenever there is a connection again. */
  onUp(callback: () => void): void
  /** Resolves once the server has written it; `isDuplicate` where it had it already. Rejects where that is not known, or not so. */
  store(record: RecordToStore): Promise<{ readonly isDuplicate: boolean }>
}

/** What a publisher is made of. */
export interface StoredPublisherParts {
  readonly link: StoreLink
  readonly clock: Clock
  readonly random: () => number
  /** What may wait while the server is away, bytes of payload, 1 and up. */
  readonly maxWaitingBytes: number
  /** Subjects whose records are given up first where too much waits, least worth first; of others, last. Within one subject the oldest go first. */
  readonly leastWorthFirst: readonly string[]
  /** The record that tells consumers of a loss, in its place between the others. */
  readonly tellLoss: (loss: StoredLoss) => RecordToStore
  /** Called with what the server answered each time it did not keep a record. Must not throw. */
  readonly onFault: (subject: string, fault: unknown) => void
  /** Asked before each record is sent: while it says no, everything waits until `resume()`. Must not throw. */
  readonly mayStore?: () => boolean
}

/** What a publisher has done, counted from its start. */
export interface StoredPublisherCounts {
  /** Records that the server keeps because of us. */
  readonly stored: number
  /** Records that it had already: from another relay, or from us with the acknowledgement lost. */
  readonly duplicates: number
  /** Times a record was sent again. */
  readonly retries: number
  /** Records given up because too much was waiting; each is part of a loss that consumers are told. */
  readonly dropped: number
  /** Records that wait, now, and the bytes of their payloads. */
  readonly waiting: number
  readonly waitingBytes: number
}

/** From which delay to which one they grow while a record is not kept, ms. */
const firstRetryMs = 50
const longestRetryMs = 2_000

/**
 * Has records stored, each subject's in order, one in flight at a time, each until the server says that it keeps it. What waits is bounded; what is given up for that is counted and
 * told. Never throws: what becomes of a record is in the counts.
 */
export class StoredPublisher {
  readonly #parts: StoredPublisherParts
  readonly #lanes = new Map<string, Lane>()
  readonly #idleWaiters: (() => void)[] = []
  #isClosed = false
  #stored = 0
  #duplicates = 0
  #retries = 0
  #dropped = 0
  #waitingBytes = 0

  constructor(parts: StoredPublisherParts) {
    this.#parts = parts
    parts.link.onUp(() => {
      for (const lane of this.#lanes.values()) this.#wake(lane)
    })
  }

  /** Takes a record over. Does nothing once closed. */
  publish(record: RecordToStore): void {
    if (this.#isClosed) return
    const lane = this.#laneOf(record.subject)
    lane.queue.push(record)
    this.#waitingBytes += record.payload.byteLength
    this.#makeRoom()
    this.#send(lane)
  }

  get counts(): StoredPublisherCounts {
    let waiting = 0
    for (const { queue } of this.#lanes.values()) waiting += queue.length
    return {
      stored: this.#stored,
      duplicates: this.#duplicates,
      retries: this.#retries,
      dropped: this.#dropped,
      waiting,
      waitingBytes: this.#waitingBytes,
    }
  }

  /** Sends what waits, where `mayStore` said no before. */
  resume(): void {
    for (const lane of this.#lanes.values()) this.#send(lane)
  }

  /** Resolves once nothing waits any more, or once it is closed. */
  idle(): Promise<void> {
    if (this.#isClosed || this.#isIdle()) return Promise.resolve()
    return new Promise((resolve) => this.#idleWaiters.push(resolve))
  }

  /** Sends nothing more. What still waits stays in the counts; what is in flight may be kept or not. */
  close(): void {
    this.#isClosed = true
    for (const { timer } of this.#lanes.values()) timer?.cancel()
    this.#tellIdle()
  }

  #laneOf(subject: string): Lane {
    const known = this.#lanes.get(subject)
    if (known !== undefined) return known
    const lane: Lane = { queue: new StoredQueue(subject), isBusy: false, failures: 0, timer: null }
    this.#lanes.set(subject, lane)
    return lane
  }

  #makeRoom(): void {
    while (this.#waitingBytes > this.#parts.maxWaitingBytes) {
      const lane = this.#leastWorth()
      if (lane === null) return
      this.#waitingBytes -= lane.queue.dropOldest()
      this.#dropped += 1
    }
  }

  /** Whose oldest record is given up next; null where only what is in flight waits. */
  #leastWorth(): Lane | null {
    for (const subject of this.#parts.leastWorthFirst) {
      const lane = this.#lanes.get(subject)
      if (lane?.queue.canDrop) return lane
    }
    for (const lane of this.#lanes.values()) if (lane.queue.canDrop) return lane
    return null
  }

  #wake(lane: Lane): void {
    lane.timer?.cancel()
    lane.timer = null
    lane.failures = 0
    this.#send(lane)
  }

  #send(lane: Lane): void {
    const { link, mayStore } = this.#parts
    if (lane.isBusy || lane.timer !== null || this.#isClosed || !link.isUp || lane.queue.length === 0) return
    if (mayStore?.() === false) return
    const record = lane.queue.takeNext(this.#parts.tellLoss)
    if (record === null) return
    lane.isBusy = true
    link.store(record).then(
      ({ isDuplicate }) => this.#onKept(lane, isDuplicate),
      (fault: unknown) => this.#onFault(lane, fault),
    )
  }

  #onKept(lane: Lane, isDuplicate: boolean): void {
    lane.isBusy = false
    lane.failures = 0
    this.#waitingBytes -= lane.queue.settle()
    if (isDuplicate) this.#duplicates += 1
    else this.#stored += 1
    this.#send(lane)
    if (this.#isIdle()) this.#tellIdle()
  }

  #onFault(lane: Lane, fault: unknown): void {
    lane.isBusy = false
    if (this.#isClosed) return
    const { clock, link, onFault, random } = this.#parts
    this.#retries += 1
    lane.failures += 1
    onFault(lane.queue.subject, fault)
    // Without a connection, the next one wakes it.
    if (!link.isUp) return
    const ceilingMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(lane.failures - 1, 16))
    lane.timer = clock.setTimer(ceilingMs * (0.5 + random() / 2), () => {
      lane.timer = null
      this.#send(lane)
    })
  }

  #isIdle(): boolean {
    for (const { queue } of this.#lanes.values()) if (queue.length > 0) return false
    return true
  }

  #tellIdle(): void {
    for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }
}

/** One subject's records, and how sending them goes. */
interface Lane {
  readonly queue: StoredQueue
  isBusy: boolean
  /** In a row. */
  failures: number
  timer: Timer | null
}
