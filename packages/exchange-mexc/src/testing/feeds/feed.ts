import type { Clock, Instrument } from '@tapewire/core'
import type { MarketEvent, MarketSimulator } from '@tapewire/testkit'

/** What a feed draws from. */
export interface FeedSource {
  readonly market: MarketSimulator
  readonly clock: Clock
}

/** One stream of the venue: hears what happens, and says it at its own pace. */
export interface Feed {
  readonly intervalMs: number
  /** Hears events of its pair; absent where the market is only asked. */
  onEvent?(event: MarketEvent): void
  /** Somebody new listens: what would wait for a change is due anew. Absent where every push is whole, and where none is. */
  join?(): void
  /** Loses the next pushes; absent where a loss would not show. */
  skip?(pushes: number): void
  /** The frame that is due; null where there is nothing to say. */
  next(): Uint8Array | null
}

/** `BTCUSDT` */
export function wireNameOf(pair: Instrument): string {
  return `${pair.base}${pair.quote}`
}

/** When a push leaves, epoch ms. */
export function sendTimeOf(clock: Clock): number {
  return Math.floor(clock.now())
}
