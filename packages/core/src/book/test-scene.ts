import { ManualClock } from '../clock/manual-clock.js'
import type { StreamError } from '../errors/stream-error.js'
import { type BookRetry, type BookRules, type BookSnapshot, overlappingRanges } from '../strategy/book-rules.js'
import { type BookOptions, resolveBookOptions } from './book-options.js'
import { BookSynchronizer } from './book-synchronizer.js'
import { bookStream, btc, ManualSnapshots, MessageMaker } from './test-support.js'

/** For tests only: nothing of the library imports this file. */

export const retry: BookRetry = { attempts: 3, initialDelayMs: 300, maxDelayMs: 1_000, pauseMs: 30_000 }

export const snapshot: BookSnapshot = {
  bids: [99, 1, 98, 2],
  asks: [101, 1, 102, 2],
  sequence: 100,
  exchangeTime: 5,
}

/** One synchronizer with everything around it in the test's hands, and its events as lines of text. */
export class BookScene {
  readonly clock: ManualClock = new ManualClock()
  readonly make: MessageMaker = new MessageMaker(this.clock)
  readonly snapshots: ManualSnapshots = new ManualSnapshots()
  readonly events: string[] = []
  /** What was asked to start over; `end` says that the old subscription is gone. */
  readonly resubscriptions: { end(): void; resolve(): void; reject(error: Error): void }[] = []
  /** Called within each event. */
  onEvent: () => void = () => {}

  onRuleFault: (error: StreamError) => void = () => {}

  synchronizer(
    rules: BookRules,
    options: BookOptions = {},
    requestSnapshot: (signal: AbortSignal) => Promise<BookSnapshot> = (signal) =>
      this.snapshots.fetchSnapshot(btc, { signal }),
  ): BookSynchronizer {
    const note = (event: string): void => {
      this.events.push(event)
      this.onEvent()
    }
    return new BookSynchronizer({
      stream: bookStream(),
      rules,
      clock: this.clock,
      random: () => 0,
      options: resolveBookOptions(options),
      requestSnapshot,
      resubscribe: (end) =>
        new Promise((resolve, reject) => {
          this.resubscriptions.push({ end, resolve, reject })
        }),
      listener: {
        onState: ({ status, reason }, previous) => note(`${previous} -> ${status}: ${reason}`),
        onGap: ({ reason, expected, got }) => note(`gap: ${reason}, expected ${expected}, got ${got}`),
        onResync: ({ reason, durationMs, attempts }) =>
          note(`resync after ${durationMs} ms and ${attempts} tries: ${reason}`),
        onCrossed: ({ bidPrice, askPrice, isLocked }) =>
          note(`${isLocked ? 'locked' : 'crossed'}: ${bidPrice} ${askPrice}`),
        onSnapshotFailure: ({ error, failures, isExhausted }) =>
          note(`failure ${failures}${isExhausted ? ', exhausted' : ''}: ${error.shortMessage}`),
        onRuleFault: (error) => {
          this.onRuleFault(error)
          note(`${error.code}: ${error.shortMessage}`)
        },
      },
    })
  }

  restRules(depth: number | null = null): BookRules {
    const { fetchSnapshot } = this.snapshots
    return {
      source: 'rest',
      depth,
      continuity: overlappingRanges,
      fetchSnapshot,
      snapshotLimit: { requests: 10, windowMs: 1_000 },
      retry,
    }
  }

  /** A book that became live by a REST snapshot, with the events of that forgotten. */
  async liveBook(options: BookOptions = {}): Promise<BookSynchronizer> {
    const subject = this.synchronizer(this.restRules(), options)
    subject.confirm()
    await this.snapshots.answer(snapshot)
    this.events.length = 0
    return subject
  }
}
