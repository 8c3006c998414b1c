import { randomInteger, randomItem } from '@tapewire/testkit'
import { generate, priceText, type Random, sizeText, startTime } from './random-text.js'

/**
 * Pushes of Gate.io spot as they are on the wire: field order, spelling and size. Source: Gate.io spot WebSocket v4 docs.
 * Every frame has other prices, sizes, ids and times, so that nothing can be remembered from one to the next.
 */
export function push(index: number, channel: string, result: string): string {
  const milliseconds = startTime + index
  return `{"time":${Math.floor(milliseconds / 1000)},"time_ms":${milliseconds},"channel":"${channel}","event":"update","result":${result}}`
}

export const firstId = 48_733_182_000

/** `spot.book_ticker` */
export function bookTickerFrame(random: Random, index: number, market: string): string {
  const bid = `"b":"${priceText(random)}","B":"${sizeText(random)}"`
  const ask = `"a":"${priceText(random, 200)}","A":"${sizeText(random)}"`
  return push(
    index,
    'spot.book_ticker',
    `{"t":${startTime + index - 4},"u":${firstId + index},"s":"${market}",${bid},${ask}}`,
  )
}

/** `spot.trades`: padded numbers, one trade a push. */
export function tradeFrame(random: Random, index: number, market: string): string {
  const milliseconds = `${startTime + index}.${randomInteger(random, 100, 999)}`
  const side = randomItem(random, ['buy', 'sell'])
  const id = 9_455_000_000 + index
  const inMarket = 5_500_000 + index
  return push(
    index,
    'spot.trades',
    `{"id":${id},"id_market":${inMarket},"create_time":${Math.floor((startTime + index) / 1000)},"create_time_ms":"${milliseconds}","side":"${side}",` +
      `"currency_pair":"${market}","amount":"${sizeText(random)}","price":"${priceText(random)}","range":"${inMarket}-${inMarket}"}`,
  )
}

/** `spot.order_book_update` with this many levels on each side; an id each, so that one follows on the other. */
export function depthFrame(random: Random, index: number, market: string, bids: number, asks: number): string {
  const side = (count: number, offset: number): string =>
    generate(count, () => `["${priceText(random, offset)}","${sizeText(random, 1, 2)}"]`).join(',')
  const id = firstId + index
  const time = startTime + index
  return push(
    index,
    'spot.order_book_update',
    `{"t":${time - 5},"e":"depthUpdate","E":${Math.floor(time / 1000)},"s":"${market}","U":${id},"u":${id},"b":[${side(bids, 0)}],"a":[${side(asks, 200)}]}`,
  )
}

/** `spot.tickers` */
export function tickerFrame(random: Random, index: number, market: string): string {
  const price = (): string => priceText(random)
  return push(
    index,
    'spot.tickers',
    `{"currency_pair":"${market}","last":"${price()}","lowest_ask":"${price()}","highest_bid":"${price()}","change_percentage":"${(random() * 10 - 5).toFixed(2)}",` +
      `"base_volume":"${(random() * 10_000).toFixed(8)}","quote_volume":"${(random() * 9e8).toFixed(6)}","high_24h":"${price()}","low_24h":"${price()}"}`,
  )
}

/** `spot.candlesticks`, one minute wide. */
export function candleFrame(random: Random, index: number, market: string): string {
  const price = (): string => priceText(random)
  return push(
    index,
    'spot.candlesticks',
    `{"t":"${Math.floor((startTime + index) / 60_000) * 60}","v":"${(random() * 1e6).toFixed(4)}","c":"${price()}","h":"${price()}","l":"${price()}","o":"${price()}",` +
      `"n":"1m_${market}","a":"${(random() * 10).toFixed(4)}","w":false}`,
  )
}
