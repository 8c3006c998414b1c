import {
  type AnyExchangeDefinition,
  type CandleData,
  type Clock,
  type EndpointOptions,
  type Instrument,
  type SymbolInput,
  type Timer,
  toInstrument,
} from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { type ExchangeEmulation, type MarketSimulator, startVenueServer, type VenueServer } from '@tapewire/testkit'
import { emulatedEndpoints } from '../exchanges/emulated-endpoints.js'
import { PastClock } from './past-clock.js'

export interface EmulationOptions {
  readonly pairs: readonly Instrument[]
  /** 0 takes a free one. */
  readonly port: number
  readonly seed: number
  /** How often something happens on its market, ms; below 1 several times a millisecond. */
  readonly intervalMs: number
}

/** An hour, so that there are candles to be seen at once. */
const pastMs = 3_600_000
/** How often each pair moves in it. */
const pastStepMs = 1_500
const minuteMs = 60_000

/** An exchange that runs on this machine, and what it can be made to do. */
export class Emulation {
  /** Where it listens, as its definition takes it. */
  readonly endpoints: Required<Pick<EndpointOptions, 'url' | 'restUrl'>>
  readonly #server: VenueServer
  readonly #isControl: ExchangeEmulation['isControl']
  readonly #clock: Clock = systemClock
  /** What is silenced, and until when. */
  readonly #muted = new Map<string, { readonly spelling: RegExp; readonly timer: Timer }>()
  /** What its account's channels are called on the wire. */
  #accountChannels: readonly string[] = []
  #reachable: Timer | null = null

  private constructor(
    endpoints: Emulation['endpoints'],
    server: VenueServer,
    isControl: ExchangeEmulation['isControl'],
  ) {
    this.endpoints = endpoints
    this.#server = server
    this.#isControl = isControl
  }

  /** Rejects as `startVenueServer` does. */
  static async start(
    definition: AnyExchangeDefinition,
    emulation: ExchangeEmulation,
    { pairs, port, seed, intervalMs }: EmulationOptions,
  ): Promise<Emulation> {
    const clock = new PastClock(pastMs)
    const server = await startVenueServer({ venue: emulation.createVenue, pairs, seed, clock, port })
    livePast(server.market, clock)
    server.market.start(intervalMs)
    return new Emulation(emulatedEndpoints(definition, server), server, (frame) => emulation.isControl(frame))
  }

  /** Drops every connection, as a network does, and takes no new one for so many seconds. */
  cut(seconds: number): void {
    const { faults } = this.#server
    faults.terminateAll()
    if (seconds <= 0) return
    faults.refuseConnections()
    this.#reachable?.cancel()
    this.#reachable = this.#clock.setTimer(seconds * 1_000, () => faults.acceptConnections())
  }

  /** The account goes on while a market is silent: these are its channels, as they are called on the wire. */
  spareAccount(wireChannels: readonly string[]): void {
    this.#accountChannels = wireChannels
  }

  /** Sends nothing of this market for so many seconds, on connections that stay up. What answers a request is sent. */
  mute(symbol: SymbolInput, seconds: number): void {
    const { name, base, quote } = toInstrument(symbol)
    this.#muted.get(name)?.timer.cancel()
    const timer = this.#clock.setTimer(seconds * 1_000, () => {
      this.#muted.delete(name)
      this.#silence()
    })
    // Exchanges write a pair in one word, or with a sign between: BTCUSDT, BTC_USDT, btc-usdt.
    const spelling = new RegExp(`${base}[^a-z0-9]?${quote}`, 'i')
    this.#muted.set(name, { spelling, timer })
    this.#silence()
  }

  /** Of one minute, oldest first: what its market did before anybody was connected. */
  pastCandles(symbol: SymbolInput): readonly CandleData[] {
    return this.#server.market.closedCandles(toInstrument(symbol), minuteMs).map((candle) => ({
      interval: '1m',
      openTime: candle.openTime,
      open: Number(candle.open),
      high: Number(candle.high),
      low: Number(candle.low),
      close: Number(candle.close),
      baseVolume: Number(candle.baseVolume),
      quoteVolume: Number(candle.quoteVolume),
      closed: true,
    }))
  }

  async close(): Promise<void> {
    this.#reachable?.cancel()
    for (const { timer } of this.#muted.values()) timer.cancel()
    this.#muted.clear()
    await this.#server.close()
  }

  #silence(): void {
    const spellings = [...this.#muted.values()].map(({ spelling }) => spelling)
    this.#server.faults.loseFrames(spellings.length === 0 ? 0 : { share: 1 }, (data) => {
      const content = typeof data === 'string' ? data : Buffer.from(data)
      const text = typeof content === 'string' ? content : content.toString('latin1')
      if (!spellings.some((spelling) => spelling.test(text))) return false
      return !this.#accountChannels.some((channel) => text.includes(channel)) && !this.#isControl({ content })
    })
  }
}

/** Has the market live until now, before anybody looks. */
function livePast(market: MarketSimulator, clock: PastClock): void {
  for (; clock.behindMs > 0; clock.behindMs -= pastStepMs) {
    for (const pair of market.pairs) market.step(pair)
  }
  clock.behindMs = 0
}
