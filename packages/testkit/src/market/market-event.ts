import type { Instrument, Side } from '@tapewire/core'

/** A level as the simulator knows it: decimal text without trailing zeros, as exchanges push it. */
export type TextLevel = readonly [price: string, size: string]

/** A change of one book. Ids count every change of that pair and are contiguous from event to event. */
export interface BookChange {
  readonly kind: 'book'
  readonly pair: Instrument
  readonly firstId: number
  readonly lastId: number
  /** Absolute sizes; `'0'` removes the level. */
  readonly bids: readonly TextLevel[]
  readonly asks: readonly TextLevel[]
  /** Epoch ms. */
  readonly time: number
}

/** A public trade; `side` is the taker's. Ids are contiguous per pair. */
export interface MarketTrade {
  readonly kind: 'trade'
  readonly pair: Instrument
  readonly id: number
  readonly price: string
  readonly size: string
  readonly side: Side
  readonly time: number
}

export type MarketEvent = BookChange | MarketTrade

/** A whole book: best first. */
export interface BookImage {
  readonly pair: Instrument
  readonly lastId: number
  readonly bids: readonly TextLevel[]
  readonly asks: readonly TextLevel[]
  readonly time: number
}

/** Rolling statistics since the simulator started. */
export interface MarketStatistics {
  /** When they begin, epoch ms. */
  readonly openTime: number
  readonly open: string
  readonly high: string
  readonly low: string
  readonly last: string
  readonly baseVolume: string
  readonly quoteVolume: string
}

/** One candle of the simulator. */
export interface MarketCandle {
  /** Epoch ms. */
  readonly openTime: number
  /** When the next one opens, epoch ms. */
  readonly closeTime: number
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  readonly baseVolume: string
  readonly quoteVolume: string
  readonly closed: boolean
}
