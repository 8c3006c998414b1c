import { crc32 } from 'node:zlib'
import type { Instrument } from '@tapewire/core'
import type { BookChange, MarketCandle, MarketSimulator, MarketTrade, TextLevel } from '@tapewire/testkit'

/** Levels a side that a checksum is made of. */
const checkedLevels = 10

/** Nimbus' spelling of a market. */
export function spell({ base, quote }: Instrument): string {
  return `${base}-${quote}`
}

/** `{"type":"trade","symbol":"BTC-USDT","ts":1767225600123,"trades":[{"id":18,"price":87500.10,"size":0.50,"side":"buy"}]}` */
export function tradeFrame({ pair, id, price, size, side, time }: MarketTrade, market: MarketSimulator): string {
  const { priceDigits, sizeDigits } = market.precision(pair)
  const trade = `{"id":${id},"price":${padded(price, priceDigits)},"size":${padded(size, sizeDigits)},"side":"${side}"}`
  return `{"type":"trade","symbol":"${spell(pair)}","ts":${time},"trades":[${trade}]}`
}

/** The statistics of the day, and the quote beside them. */
export function tickerFrame(pair: Instrument, market: MarketSimulator): string {
  const { last, open, high, low, baseVolume } = market.statistics(pair)
  const { bids, asks, time } = market.book(pair, 1)
  const [bid, bidSize] = bids[0] ?? ['null', 'null']
  const [ask, askSize] = asks[0] ?? ['null', 'null']
  const day = `"last":${last},"open":${open},"high":${high},"low":${low},"volume":${baseVolume}`
  const quote = `"bid":${bid},"bid_size":${bidSize},"ask":${ask},"ask_size":${askSize}`
  return `{"type":"ticker","symbol":"${spell(pair)}","ts":${time},${day},${quote}}`
}

export function candleFrame(pair: Instrument, interval: string, candle: MarketCandle, time: number): string {
  const { openTime, open, high, low, close, baseVolume, closed } = candle
  const prices = `"open":${open},"high":${high},"low":${low},"close":${close},"volume":${baseVolume}`
  const head = `"type":"candle","symbol":"${spell(pair)}","interval":"${interval}","ts":${time},"open_time":${openTime}`
  return `{${head},${prices},"closed":${closed}}`
}

export function snapshotFrame(pair: Instrument, market: MarketSimulator): string {
  const { bids, asks, time } = market.book(pair)
  return bookFrame('snapshot', { pair, bids, asks, time }, market)
}

export function updateFrame(change: BookChange, market: MarketSimulator): string {
  return bookFrame('update', change, market)
}

function bookFrame(
  kind: 'snapshot' | 'update',
  { pair, bids, asks, time }: Pick<BookChange, 'pair' | 'bids' | 'asks' | 'time'>,
  market: MarketSimulator,
): string {
  const rows = (levels: readonly TextLevel[]): string =>
    `[${levels.map((level) => `[${digits(level, pair, market).join(',')}]`).join(',')}]`
  const levels = `"bids":${rows(bids)},"asks":${rows(asks)}`
  return `{"type":"book","symbol":"${spell(pair)}","ts":${time},"kind":"${kind}",${levels},"checksum":${checksum(pair, market)}}`
}

/** CRC-32 of the best levels as they are sent, bid and ask by turns. */
function checksum(pair: Instrument, market: MarketSimulator): number {
  const { bids, asks } = market.book(pair, checkedLevels)
  const parts: string[] = []
  for (let index = 0; index < checkedLevels; index++) {
    for (const level of [bids[index], asks[index]]) {
      if (level) parts.push(...digits(level, pair, market))
    }
  }
  return crc32(parts.join(':'))
}

/** As Nimbus sends them: all decimal places, and a plain 0 for a level that is gone. */
function digits([price, size]: TextLevel, pair: Instrument, market: MarketSimulator): readonly [string, string] {
  const { priceDigits, sizeDigits } = market.precision(pair)
  return [padded(price, priceDigits), size === '0' ? size : padded(size, sizeDigits)]
}

function padded(text: string, places: number): string {
  const [whole = '0', fraction = ''] = text.split('.')
  return places === 0 ? whole : `${whole}.${fraction.padEnd(places, '0')}`
}
