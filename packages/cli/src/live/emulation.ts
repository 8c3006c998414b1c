import {
  type AnyExchangeDefinition,
  type Clock,
  type EndpointOptions,
  type Instrument,
  type SymbolInput,
  type Timer,
  toInstrument,
} from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { type ExchangeEmulation, startVenueServer, type VenueServer } from '@tapewire/testkit'
import { emulatedEndpoints } from '../exchanges/emulated-endpoints.js'

export interface EmulationOptions {
  readonly pairs: readonly Instrument[]
  /** 0 takes a free one. */
  readonly port: number
  readonly seed: number
  /** How often something happens on its market, ms; below 1 several times a millisecond. */
  readonly intervalMs: number
}

/** An exchange that runs on this machine, and what it can be made to do. */
export class Emulation {
  /** Where it listens, as its definition takes it. */
  readonly endpoints: Required<Pick<EndpointOptions, 'url' | 'restUrl'>>
  readonly #server: VenueServer
  readonly #isControl: ExchangeEmulation['isControl']
  readonly #clock: Clock = systemClock
  /** What is silenced, and until when. */
  readonly #muted = new Map<string, { readonly spelling: RegExp; readonly timer: Timer }>()
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
    const server = await startVenueServer({ venue: emulation.createVenue, pairs, seed, intervalMs, port })
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

  /** Sends nothing of this symbol for so many seconds, on connections that stay up. What answers a request is sent. */
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
      return spellings.some((spelling) => spelling.test(text)) && !this.#isControl({ content })
    })
  }
}
