import type { Channel, OrderbookData } from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'
import { dataChannelOf, type Fault, rowsOf } from './message-faults.js'

/** No exchange that streams is older, epoch ms: seconds taken for ms lie far before it. */
const earliest = Date.UTC(2012, 0, 1)
/** How far ahead of us an exchange's clock may be, ms. */
const skewMs = 60_000

/** Fields that are never below 0, and those that are above it, wherever they occur. */
const aboveZero = new Set([
  'price',
  'last',
  'open',
  'high',
  'low',
  'close',
  'bidPrice',
  'askPrice',
  'triggerPrice',
  'averagePrice',
])
const notBelowZero = new Set([
  'size',
  'bidSize',
  'askSize',
  'baseVolume',
  'quoteVolume',
  'filledSize',
  'remainingSize',
  'quoteSize',
  'free',
  'locked',
  'total',
])
const times = new Set(['time', 'createdAt', 'updatedAt'])
/** When a candle begins may lie long back, but not so far as seconds do. */
const pastTimes = new Set(['openTime'])

/** The first value of a message of data that cannot be by itself, whatever the market did: a price of 0, a time of 1970. Null where none is so. */
export function rangeFault(message: ParsedMessage): Fault | null {
  const channel = dataChannelOf(message)
  if (channel === null) return null
  const latest = message.receivedAt + skewMs
  const head = timeFault('exchangeTime', message.exchangeTime, latest)
  if (head !== null) return head
  for (const row of rowsOf(message)) {
    const fault = rowFault(channel, row, latest)
    if (fault !== null) return fault
  }
  return channel === 'orderbook' ? levelsFault(message.data as OrderbookData) : null
}

/**
 * The first two values of a message of data that cannot be beside each other: a high below the low, a bid above the ask, a snapshot whose best level is not the first. Null where
 * none are so. Real exchanges send some of it now and then; an emulated market never is so.
 */
export function relationFault(message: ParsedMessage): Fault | null {
  const channel = dataChannelOf(message)
  if (channel === null) return null
  for (const row of rowsOf(message)) {
    const fault = orderFault(channel, row)
    if (fault !== null) return fault
  }
  return channel === 'orderbook' ? bookOrderFault(message.data as OrderbookData) : null
}

function rowFault(channel: Channel, row: Readonly<Record<string, unknown>>, latest: number): Fault | null {
  for (const [name, value] of Object.entries(row)) {
    if (value === null) continue
    const place = `${channel}.${name}`
    if (aboveZero.has(name) && !(Number(value) > 0)) return { place, expected: 'above 0', got: value }
    if (notBelowZero.has(name) && !(Number(value) >= 0)) return { place, expected: 'not below 0', got: value }
    const time = times.has(name) || pastTimes.has(name) ? timeFault(place, value, latest) : null
    if (time !== null) return time
  }
  return null
}

function timeFault(place: string, value: unknown, latest: number): Fault | null {
  if (value === null || (Number(value) >= earliest && Number(value) <= latest)) return null
  return { place, expected: `epoch ms, ${earliest} to ${latest}`, got: value }
}

/** High and low enclose everything else, and the best bid is below the best ask. */
function orderFault(channel: Channel, row: Readonly<Record<string, unknown>>): Fault | null {
  const { high, low, bidPrice, askPrice } = row
  if (channel === 'ticker' || channel === 'candles') {
    for (const name of ['open', 'close', 'last', 'low'] as const) {
      const value = row[name]
      if (typeof value !== 'number') continue
      const place = `${channel}.${name}`
      if (typeof high === 'number' && value > high) return { place, expected: `not above high, ${high}`, got: value }
      if (typeof low === 'number' && value < low) return { place, expected: `not below low, ${low}`, got: value }
    }
  }
  if (typeof bidPrice === 'number' && typeof askPrice === 'number' && bidPrice >= askPrice) {
    return { place: `${channel}.bidPrice`, expected: `below askPrice, ${askPrice}`, got: bidPrice }
  }
  return null
}

function levelsFault({ kind, firstSequence, lastSequence, ...sides }: OrderbookData): Fault | null {
  if (firstSequence !== null && lastSequence !== null && firstSequence > lastSequence) {
    return { place: 'orderbook.firstSequence', expected: `not above lastSequence, ${lastSequence}`, got: firstSequence }
  }
  for (const name of ['bids', 'asks'] as const) {
    const place = `orderbook.${name}`
    const { prices, sizes } = split(sides[name])
    const [price] = prices.filter((one) => !(one > 0))
    if (price !== undefined) return { place, expected: 'prices above 0', got: price }
    const [size] = sizes.filter((one) => one < 0 || (one === 0 && kind === 'snapshot'))
    if (size !== undefined) {
      return { place, expected: `sizes ${kind === 'snapshot' ? 'above' : 'not below'} 0`, got: size }
    }
    if (new Set(prices).size !== prices.length) return { place, expected: 'each price once', got: prices }
  }
  return null
}

function bookOrderFault({ kind, bids, asks }: OrderbookData): Fault | null {
  if (kind === 'delta') return null
  for (const [name, levels, direction] of [
    ['bids', bids, -1],
    ['asks', asks, 1],
  ] as const) {
    const { prices } = split(levels)
    if (prices.some((price, index) => (price - (prices[index - 1] ?? price)) * direction < 0)) {
      return { place: `orderbook.${name}`, expected: 'a snapshot with the best level first', got: prices }
    }
  }
  const [bid = 0, ask = Number.POSITIVE_INFINITY] = [bids[0], asks[0]]
  return bid < ask ? null : { place: 'orderbook.bids', expected: `below the best ask, ${ask}`, got: bid }
}

function split(levels: readonly number[]): { readonly prices: readonly number[]; readonly sizes: readonly number[] } {
  return {
    prices: levels.filter((_, index) => index % 2 === 0),
    sizes: levels.filter((_, index) => index % 2 === 1),
  }
}
