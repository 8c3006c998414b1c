import { type FeedMessage, MessageType } from '@tapewire/core'
import type { MarketSimulator } from '@tapewire/testkit'

/** Every trade of a market from now on, as a trade of any exchange says it: MEXC's have no ids. */
export class TradeTruth {
  readonly happened: string[] = []

  constructor(market: MarketSimulator) {
    market.listen((event) => {
      if (event.kind !== 'trade') return
      const { pair, price, size, side, time } = event
      this.happened.push(`${pair} ${Number(price)} ${Number(size)} ${side} ${time}`)
    })
  }
}

/** The trades that these messages tell of, in that order, spelt alike: Gate.io's times have a fraction. */
export function toldTrades(messages: readonly FeedMessage[]): readonly string[] {
  return messages.flatMap((message) =>
    message.type === MessageType.Trades
      ? message.data.map(
          ({ price, size, side, time }) => `${message.symbol} ${price} ${size} ${side} ${Math.floor(time ?? 0)}`,
        )
      : [],
  )
}
