import { chooseLogger } from '../../src/config/logger.js'
import type { StreamError } from '../../src/errors/stream-error.js'
import { bitsOf, type Channel } from '../../src/model/channel.js'
import { ConnectionState } from '../../src/model/connection-state.js'
import { tradingPair } from '../../src/model/instrument.js'
import type { Stream } from '../../src/model/stream.js'
import { type ProbeOutcome, SilenceWatch, type SilentCarrier } from '../../src/stream/silence/silence-watch.js'
import { ManualClock } from '../../src/testing.js'
import { streamOf, trackedOf } from './streams.js'

/** A connection that exists on paper. */
export class PaperCarrier implements SilentCarrier {
  readonly id: string
  state: ConnectionState = ConnectionState.Connected
  wanted: Stream[] = []
  isHeldBack = false
  readonly inactive: Set<Stream> = new Set()
  /** What comes of a probe; a promise leaves it open. */
  outcome: ProbeOutcome | Promise<ProbeOutcome> = 'acknowledged'
  readonly done: string[] = []
  readonly errors: StreamError[] = []
  readonly #onLost: (carrier: SilentCarrier) => void

  constructor(id: string, onLost: (carrier: SilentCarrier) => void) {
    this.id = id
    this.#onLost = onLost
  }

  isActive(stream: Stream): boolean {
    return !this.inactive.has(stream)
  }

  async probe(stream: Stream): Promise<ProbeOutcome> {
    this.done.push(`probe ${stream.id}`)
    return this.outcome
  }

  async startOver(stream: Stream, onEnded: () => void): Promise<ProbeOutcome> {
    this.done.push(`start over ${stream.id}`)
    onEnded()
    trackedOf(stream).status = 'syncing'
    return this.outcome
  }

  replace(error: StreamError): void {
    this.done.push('replace')
    this.errors.push(error)
    this.state = ConnectionState.Reconnecting
    for (const stream of this.wanted) trackedOf(stream).status = 'gapped'
    this.#onLost(this)
  }

  /** It is back: its streams wait for their first message. */
  restore(): void {
    this.state = ConnectionState.Connected
    for (const stream of this.wanted) trackedOf(stream).status = 'syncing'
  }
}

/** A watch over paper connections, on a manual clock, and what it has told. */
export class SilenceBench {
  readonly clock: ManualClock = new ManualClock()
  readonly carriers: PaperCarrier[] = []
  readonly carrier: PaperCarrier = this.addCarrier()
  /** `ticker stale: nothing came for 10000 ms` */
  readonly told: string[] = []
  readonly watch: SilenceWatch
  /** Streams that the exchange has gone on without. */
  readonly leftBehind: Set<Stream> = new Set()
  /** Streams of which the exchange has nothing that was not told. */
  readonly even: Set<Stream> = new Set()
  /** Streams that may have stalled, while that is not known. */
  readonly doubted: Set<Stream> = new Set()
  /** How often REST was asked about a stream. */
  looks = 0

  constructor({
    staleAfterMs = 60_000,
    hasBooks = false,
  }: { readonly staleAfterMs?: number; readonly hasBooks?: boolean } = {}) {
    const tell =
      (what: 'stale' | 'live' | 'missed' | 'ended') =>
      (stream: Stream, reason: string): void => {
        this.told.push(`${stream.id} ${what}: ${reason}`)
        if (what !== 'missed') trackedOf(stream).status = what === 'ended' ? 'gapped' : what
      }
    this.watch = new SilenceWatch({
      clock: this.clock,
      log: chooseLogger(undefined),
      staleAfterMs,
      carriers: () => this.carriers,
      isBook: (stream) => hasBooks && stream.channel === 'orderbook',
      look: async (stream) => {
        this.looks += 1
        if (this.leftBehind.has(stream)) return 'behind'
        return this.even.has(stream) ? 'even' : 'unknown'
      },
      onDoubt: (stream) => this.doubted.add(stream),
      onDoubtOver: (stream) => this.doubted.delete(stream),
      onLive: tell('live'),
      onStale: tell('stale'),
      onMissed: tell('missed'),
      onEnded: tell('ended'),
    })
    this.watch.start()
  }

  addCarrier(): PaperCarrier {
    const carrier = new PaperCarrier(`acme#${this.carriers.length + 1}`, (lost) => this.watch.beginAnew(lost))
    this.carriers.push(carrier)
    return carrier
  }

  /** A stream of this channel that is wanted, acknowledged, and waits for its first message. */
  stream(channel: Channel, id: string = channel, carrier: PaperCarrier = this.carrier, base = 'BTC'): Stream {
    const stream = streamOf(id, { channels: [channel], instrument: tradingPair(base, 'USDT') })
    Object.assign(trackedOf(stream), { wanted: bitsOf([channel]), status: 'syncing' })
    carrier.wanted.push(stream)
    return stream
  }

  /** A message comes on each. */
  hear(...streams: readonly Stream[]): void {
    for (const stream of streams) Object.assign(trackedOf(stream), { silentChecks: 0, status: 'live' })
  }

  /** Time passes, second by second; on these something comes in each. */
  async pass(durationMs: number, ...heard: readonly Stream[]): Promise<void> {
    for (let left = durationMs; left > 0; left -= 1_000) {
      this.hear(...heard)
      this.clock.advance(Math.min(1_000, left))
      // Whatever a probe was answered with is heard of before time goes on.
      for (let turn = 0; turn < 4; turn += 1) await null
    }
  }
}
