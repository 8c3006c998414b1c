import type { Instrument, Timer } from '@tapewire/core'
import type { CandleWidth, MarketEvent, VenueClient, VenueContext, VenueSession } from '@tapewire/testkit'
import type { NimbusControl } from './control.js'
import { candleFrame, snapshotFrame, spell, tickerFrame, tradeFrame, updateFrame } from './frames.js'

/** Nimbus says something every second; every fifth time it wants an answer. */
const heartbeatIntervalMs = 1_000
const pingEvery = 5
/** How much later than its neighbour every second symbol of a request is answered. */
const stragglingMs = 5

const minute = 60_000
const hour = 60 * minute

const candleWidths: ReadonlyMap<string, CandleWidth> = new Map<string, CandleWidth>([
  ['10s', 10_000],
  ['1m', minute],
  ['5m', 5 * minute],
  ['15m', 15 * minute],
  ['30m', 30 * minute],
  ['1h', hour],
  ['4h', 4 * hour],
  ['8h', 8 * hour],
  ['1d', 24 * hour],
  ['1w', 'week'],
  ['1M', 'month'],
])

interface ClientFrame {
  readonly id?: number
  readonly op?: string
  readonly channel?: string
  readonly symbols?: readonly string[]
  readonly nonce?: number
}

/** What a session is part of. */
export interface SessionParts {
  readonly client: VenueClient
  readonly context: VenueContext
  readonly control: NimbusControl
  readonly onEnd: () => void
}

/** One client: what it has subscribed, and what it is told. */
export class NimbusSession implements VenueSession {
  readonly #client: VenueClient
  readonly #context: VenueContext
  readonly #control: NimbusControl
  readonly #onEnd: () => void
  readonly #subscribed = new Set<string>()
  readonly #timers = new Set<Timer>()
  #beats = 0
  #unanswered: number | null = null

  constructor({ client, context, control, onEnd }: SessionParts) {
    this.#client = client
    this.#context = context
    this.#control = control
    this.#onEnd = onEnd
    this.#later(heartbeatIntervalMs, () => this.#beat())
  }

  get streams(): readonly string[] {
    return [...this.#subscribed]
  }

  onMessage(data: Buffer): void {
    const frame = JSON.parse(data.toString()) as ClientFrame
    const { id, op } = frame
    if (op === 'subscribe' || op === 'unsubscribe') this.#settle(op, frame)
    else if (op === 'pong') this.#hearPong(frame)
    else if (op === 'time') this.#send({ type: 'reply', id, ok: true, result: this.#context.clock.wallTime() })
    else this.#send({ type: 'reply', id, ok: false, code: 'unknown_op', message: `no such op: ${op}` })
  }

  onClose(): void {
    for (const timer of this.#timers) timer.cancel()
    this.#onEnd()
  }

  /** Something happened on the market; the push of a book's change may be lost, or its checksum wrong. */
  hear(event: MarketEvent, isLost: boolean, isSpoiled: boolean): void {
    const { market } = this.#context
    const { pair } = event
    if (event.kind === 'trade') {
      this.#push('trades', pair, () => tradeFrame(event, market))
      for (const [interval, width] of candleWidths) {
        this.#push(`candles_${interval}`, pair, () =>
          candleFrame(pair, interval, market.candle(pair, width), event.time),
        )
      }
    } else if (!isLost) {
      this.#push('book', pair, () => {
        const frame = updateFrame(event, market)
        return isSpoiled ? frame.replace(/\d+\}$/, '1}') : frame
      })
    }
    this.#push('ticker', pair, () => tickerFrame(pair, market))
  }

  /** Tells the client that this connection will end. */
  announce(): void {
    this.#send({ type: 'notice', kind: 'restart', message: 'this server restarts soon' })
  }

  /** Ends the connection, `delayMs` from now. */
  end(delayMs: number): void {
    this.#later(delayMs, () => this.#client.close(1012, 'restart'))
  }

  /**
   * Does what is asked at once, so that data may come before the answer; answers each symbol in a frame of its own, every second one late, and at last those
   * together, without their names, for whom nothing had to be done.
   */
  #settle(op: 'subscribe' | 'unsubscribe', { id, channel = '', symbols = [] }: ClientFrame): void {
    const wanted = op === 'subscribe'
    let isRepeated = false
    let lastMs = 0
    for (const [place, symbol] of symbols.entries()) {
      const key = `${channel}:${symbol}`
      const delayMs = this.#control.ackDelayMs + (place % 2) * stragglingMs
      lastMs = Math.max(lastMs, delayMs)
      const answer = { type: 'ack', id, op, channel, symbol }
      const pair = this.#context.market.pairs.find((candidate) => spell(candidate) === symbol)
      if (!pair || (wanted && this.#control.refuses(pair))) {
        this.#answer(delayMs, { ...answer, ok: false, code: 'unknown_symbol', message: `no such market: ${symbol}` })
      } else if (this.#subscribed.has(key) === wanted) {
        isRepeated = true
      } else {
        this.#change(wanted, key)
        if (key.startsWith('book:') && wanted) this.#client.send(snapshotFrame(pair, this.#context.market))
        this.#answer(delayMs, { ...answer, ok: true })
      }
    }
    const message = wanted ? 'already subscribed' : 'not subscribed'
    if (isRepeated) this.#answer(lastMs, { type: 'ack', id, op, channel, ok: true, message })
  }

  #change(wanted: boolean, key: string): void {
    if (wanted) this.#subscribed.add(key)
    else this.#subscribed.delete(key)
  }

  #answer(delayMs: number, answer: Readonly<Record<string, unknown>>): void {
    if (this.#control.acksAreSilent) return
    if (delayMs === 0) this.#send(answer)
    else this.#later(delayMs, () => this.#send(answer))
  }

  #push(channel: string, pair: Instrument, frame: () => string): void {
    if (this.#subscribed.has(`${channel}:${spell(pair)}`)) this.#client.send(frame())
  }

  #hearPong({ nonce }: ClientFrame): void {
    if (nonce === this.#unanswered) this.#unanswered = null
  }

  #beat(): void {
    this.#later(heartbeatIntervalMs, () => this.#beat())
    if (this.#control.heartbeatsAreSilent) return
    this.#beats++
    if (this.#beats % pingEvery !== 0) {
      this.#send({ type: 'heartbeat', ts: this.#context.clock.wallTime() })
    } else if (this.#unanswered === null) {
      this.#unanswered = this.#beats
      this.#send({ type: 'ping', nonce: this.#beats })
    } else {
      this.#client.close(4000, 'no pong')
    }
  }

  #send(frame: Readonly<Record<string, unknown>>): void {
    this.#client.send(JSON.stringify(frame))
  }

  #later(delayMs: number, act: () => void): void {
    const timer = this.#context.clock.setTimer(delayMs, () => {
      this.#timers.delete(timer)
      act()
    })
    this.#timers.add(timer)
  }
}
