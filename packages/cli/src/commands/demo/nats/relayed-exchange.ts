import { type AnyExchangeDefinition, type ExchangeFeed, type GapEvent, resolveExchange } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { natsFeed } from '@tapewire/relay-nats'
import type { CliError } from '../../../cli-error.js'
import { publicChannelsOf } from '../../../exchanges/channels-of.js'
import type { EmulatedFeed } from '../../../live/open-emulated-feeds.js'
import { untilOver } from '../../../wait.js'
import { lease, RelayProcess } from './relay-processes.js'
import { untilAllLive, untilGappedAndLive } from './stream-waits.js'

/** What a consumer had of an exchange, or of several together. */
export interface NatsDemoReport {
  readonly messages: number
  readonly gaps: number
  readonly errors: number
  readonly books: number
  readonly liveBooks: number
  /** From the end of a relay until every stream was live again, ms; null where that did not come. */
  readonly liveAgainMs: number | null
}

export interface RelayedExchangeOptions {
  readonly emulated: EmulatedFeed
  readonly packageName: string | undefined
  /** The address of the nats-server. */
  readonly nats: string
  readonly signal: AbortSignal
  readonly say: (text: string) => void
  /** Told where a relay ends by itself. */
  readonly onFailure: (error: CliError) => void
  /** Told the consumer's feed once it is there. */
  readonly onFeed: (feed: ExchangeFeed) => void
}

/** When a relay is killed, as a share of the time. */
const killedAt = 0.3
/** How long the second relay has to take its part, ms. */
const settleMs = 3_000
/** How often it is looked whether a relay has an instrument yet, ms. */
const lookEveryMs = 50

/** An exchange that two relays in processes of their own share, and a consumer of both. */
export class RelayedExchange {
  readonly #options: RelayedExchangeOptions
  readonly #relays: RelayProcess[] = []
  #feed: ExchangeFeed | null = null
  #gaps = 0
  #errors = 0
  #liveAgainMs: number | null = null

  constructor(options: RelayedExchangeOptions) {
    this.#options = options
  }

  /** One relay begins, another joins it, one of them is killed, and the consumer goes on. Resolves when the time is up, or as soon as the signal is aborted. */
  async play(durationMs: number): Promise<void> {
    const { emulated, packageName, signal, say } = this.#options
    const began = systemClock.now()
    const definition = await resolveExchange(emulated.exchange, packageName)
    this.#start('one', definition)
    const feed = await this.#follow(definition)
    await untilAllLive(feed, signal)
    if (!signal.aborted) say(`the consumer has ${feed.streamStates().length} streams, all live`)
    // The second takes over its part from the first in order, and the consumer notices nothing.
    this.#start('two', definition)
    await untilOver(Math.max(settleMs, durationMs * killedAt), signal)
    await untilAllLive(feed, signal)
    const victim = await this.#busiest()
    const had = victim.symbols.join(', ')
    if (signal.aborted) return
    const killed = systemClock.now()
    await victim.kill()
    say(`relay ${victim.member}, which has ${had}, is killed`)
    const again = untilGappedAndLive(feed, signal).then(() => {
      if (signal.aborted) return
      this.#liveAgainMs = Math.round(systemClock.now() - killed)
      say(`all streams are live again, ${(this.#liveAgainMs / 1_000).toFixed(1)} s after its end`)
    })
    await Promise.race([again, untilOver(durationMs * (1 - killedAt), signal)])
    await untilOver(Math.max(0, durationMs - (systemClock.now() - began)), signal)
  }

  /** The consumer ends first, then the relays. Resolves with what the consumer had; null where it never was. Gaps that were still open are told, and counted. */
  async close(): Promise<NatsDemoReport | null> {
    const metrics = this.#feed?.getPerformanceMetrics()
    await this.#feed?.close()
    for (const relay of this.#relays.reverse()) await relay.close()
    await this.#options.emulated.close()
    if (metrics === undefined) return null
    const { messagesProcessed: messages, books, liveBooks } = metrics
    return { messages, gaps: this.#gaps, errors: this.#errors, books, liveBooks, liveAgainMs: this.#liveAgainMs }
  }

  #start(member: string, definition: AnyExchangeDefinition): void {
    const { emulated, packageName, nats, say, signal, onFailure } = this.#options
    if (signal.aborted) return
    const { exchange, symbols, emulation } = emulated
    const of = { exchange, packageName, symbols, channels: publicChannelsOf(definition), nats }
    const relay = new RelayProcess(member, { ...of, endpoints: emulation.endpoints }, onFailure)
    this.#relays.push(relay)
    say(`relay ${member} is process ${relay.pid}, with a lease of ${lease}`)
  }

  async #follow(definition: AnyExchangeDefinition): Promise<ExchangeFeed> {
    const { emulated, nats, signal, say, onFeed } = this.#options
    const feed = await natsFeed({
      servers: nats,
      exchange: emulated.exchange,
      symbols: emulated.symbols,
      channels: publicChannelsOf(definition),
      retry: true,
      signal,
      on: {
        gap: (gap) => {
          this.#gaps += 1
          say(shortGapText(gap))
        },
        error: () => {
          this.#errors += 1
        },
      },
    })
    this.#feed = feed
    onFeed(feed)
    return feed
  }

  /** The relay with the most instruments: the end of one that has none is noticed by nobody. */
  async #busiest(): Promise<RelayProcess> {
    const { signal } = this.#options
    for (;;) {
      const most = this.#relays.reduce((one, other) => (other.symbols.length > one.symbols.length ? other : one))
      if (most.symbols.length > 0 || signal.aborted) return most
      await untilOver(lookEveryMs, signal)
    }
  }
}

/** A gap in a line that fits a terminal: `gap of trades BTC/USDT, 0.7 s: lost`. All have one reason here. */
function shortGapText({ channel, symbol, from, to, action }: GapEvent): string {
  const length = to === null ? 'to now' : `${((to - from) / 1_000).toFixed(1)} s`
  return `gap of ${channel} ${symbol?.name ?? ''}, ${length}: ${action}`
}
