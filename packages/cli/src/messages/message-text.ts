import {
  type BalanceData,
  type BookTickerData,
  type CandleData,
  type Channel,
  type ChannelPayloads,
  type DataMessage,
  type ExecutionData,
  type FeedMessage,
  MessageType,
  type OrderbookData,
  type OrderData,
  type PublicTrade,
  type TickerData,
} from '@tapewire/core'
import { oneLine } from '../terminal/one-line.js'
import type { Palette } from '../terminal/palette.js'
import { formatFraction, formatNumber, formatTime } from './format-number.js'

/** Trades, balances or other items of one message that are shown; the others are counted. */
const mostShown = 3

/** How the payloads of channels are shown that people read often; of any other, every field is. */
const describers: { readonly [Name in Channel]?: (data: ChannelPayloads[Name], palette: Palette) => string } = {
  orderbook: describeBook,
  trades: (trades, palette) => listed(trades, (trade) => describeTrade(trade, palette)),
  book_ticker: describeQuote,
  ticker: describeTicker,
  candles: describeCandle,
  orders: describeOrder,
  executions: describeExecution,
  balances: (balances) => listed(balances, describeBalance),
}

/** One line: time, channel, symbol, content, and whether it was fetched because a stream missed it. The exchange's time where it sent one, ours otherwise; UTC. */
export function messageLine(message: FeedMessage, palette: Palette): string {
  const time = formatTime(message.exchangeTime ?? message.receivedAt)
  const channel = (message.channel ?? 'other').padEnd(11)
  const symbol = (message.symbol?.name ?? '').padEnd(10)
  const mark = message.backfilled === true ? palette.dim(' (fetched)') : ''
  return `${palette.dim(time)}  ${palette.cyan(channel)} ${palette.bold(symbol)} ${describe(message, palette)}${mark}`
}

function describe(message: FeedMessage, palette: Palette): string {
  switch (message.type) {
    case MessageType.Error:
      return palette.red(oneLine(`error ${message.data.code}: ${message.data.message}`))
    case MessageType.Other:
      return oneLine(`${message.data.wireChannel ?? ''} ${message.data.detail}`)
    case MessageType.Unknown:
      return palette.yellow(oneLine(`unknown message: ${message.data.reason}`))
    default:
      return describeData(message, palette)
  }
}

function describeData({ channel, stream, data }: DataMessage, palette: Palette): string {
  const describer = describers[channel] as ((data: unknown, palette: Palette) => string) | undefined
  if (describer !== undefined) return describer(data, palette)
  return oneLine([...Object.values(stream.params), describeFields(data)].join(' '))
}

/** `rate 0.0001, nextTime 1,790,000,000,000`: what has a value, under its name. */
function describeFields(value: unknown): string {
  if (typeof value === 'number') return formatNumber(value)
  if (Array.isArray(value)) return listed(value, describeFields)
  if (typeof value !== 'object' || value === null) return String(value)
  const known = Object.entries(value).filter(([, field]) => field !== null)
  return known.map(([name, field]) => `${name} ${describeFields(field)}`).join(', ')
}

function describeBook({ kind, bids, asks, firstSequence, lastSequence }: OrderbookData): string {
  const size = `${bids.length / 2} bids, ${asks.length / 2} asks`
  if (lastSequence === null) return `${kind}  ${size}`
  const range = firstSequence === null || firstSequence === lastSequence ? '' : `${firstSequence}..`
  return `${kind}  ${size}  #${range}${lastSequence}`
}

function describeTrade({ side, size, price }: PublicTrade, palette: Palette): string {
  const shown = side === 'buy' ? palette.green('buy ') : palette.red('sell')
  return `${shown} ${formatNumber(size)} @ ${formatNumber(price)}`
}

function describeQuote({ bidPrice, bidSize, askPrice, askSize }: BookTickerData, palette: Palette): string {
  const bid = palette.green(formatNumber(bidPrice))
  const ask = palette.red(formatNumber(askPrice))
  return `${formatNumber(bidSize)} × ${bid} | ${ask} × ${formatNumber(askSize)}`
}

function describeTicker({ last, change, high, low, baseVolume }: TickerData): string {
  const range = `low ${formatNumber(low)}, high ${formatNumber(high)}`
  return `last ${formatNumber(last)}  ${formatFraction(change)}  ${range}, volume ${formatNumber(baseVolume)}`
}

function describeCandle({ interval, openTime, open, high, low, close, closed }: CandleData): string {
  const prices = [open, high, low, close].map(formatNumber).join(' ')
  return `${interval} ${formatTime(openTime).slice(0, 8)}  ${prices}${closed === true ? '  closed' : ''}`
}

function describeOrder({ id, side, type, size, price, triggerPrice, status, filledSize }: OrderData): string {
  const trigger = triggerPrice === null ? '' : ` from ${triggerPrice}`
  const filled = filledSize === null ? '' : `, filled ${filledSize}`
  const asked = `${side ?? '–'} ${type ?? 'order'} ${size ?? '–'} @ ${price ?? '–'}${trigger}`
  return oneLine(`${asked}  ${status ?? 'status not known'}${filled}  #${id}`)
}

function describeExecution({ side, size, price, liquidity, fee, feeAsset, orderId }: ExecutionData): string {
  const cost = fee === null ? '' : `, fee ${fee} ${feeAsset ?? ''}`
  return oneLine(`${side ?? '–'} ${size} @ ${price}  ${liquidity ?? ''}${cost}  #${orderId}`)
}

function describeBalance({ asset, free, locked, total }: BalanceData): string {
  return oneLine(`${asset} ${free ?? total ?? '–'}${locked === null ? '' : ` (+${locked} locked)`}`)
}

function listed<Item>(items: readonly Item[], describeItem: (item: Item) => string): string {
  const shown = items.slice(0, mostShown).map(describeItem).join(', ')
  return items.length > mostShown ? `${shown} and ${items.length - mostShown} more` : shown
}
