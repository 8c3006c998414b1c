import { MessageType, type Stream } from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import { describe, expect, it } from 'vitest'
import { newParser, push, results } from '../../test/support/frames.js'

/** A push of each channel of ours, and the field of it that names the stream; null where a push is of many. */
const pushes = [
  ['spot.trades', results.trade, '"currency_pair":"BTC_USDT"'],
  ['spot.tickers', results.ticker, '"currency_pair":"BTC_USDT"'],
  ['spot.candlesticks', results.candle, '"n":"1m_BTC_USDT"'],
  ['spot.book_ticker', results.bookTicker, '"s":"BTC_USDT"'],
  ['spot.order_book', results.orderBook, '"s":"BTC_USDT"'],
  ['spot.order_book_update', results.orderBookUpdate, '"s":"BTC_USDT"'],
  ['spot.obu', results.obu, '"s":"ob.BTC_USDT.50"'],
  ['spot.orders', [results.order], null],
  ['spot.usertrades', [results.userTrade], null],
  ['spot.balances', [results.balance], null],
] as const

const parser = newParser()

function parse(bytes: Buffer): readonly ParsedMessage[] {
  return [parser.parse(frameOf(bytes))].flat()
}

/** Whether an ERROR ends the truth of this stream. */
function endsTruthOf(stream: Stream, message: ParsedMessage): boolean {
  if (message.type !== MessageType.Error || message.data.code !== 'ERR_MALFORMED_FRAME') return false
  const { wireChannel, failure } = message.data
  if (message.stream !== null) return message.stream === stream
  return failure !== null || wireChannel === null || wireChannel === stream.wireChannel
}

describe.each(pushes)('a push of %s', (channel, result, nameField) => {
  const text = JSON.stringify(push(channel, result))
  const stream = parse(Buffer.from(text))[0]?.stream as Stream

  it('that is cut off, wherever that is, is an ERROR of its stream as soon as it names it, of its channel before, and else of nobody', () => {
    const nameEnd = nameField === null ? Number.POSITIVE_INFINITY : text.indexOf(nameField) + nameField.length
    const channelEnd = text.indexOf(`"channel":"${channel}"`) + `"channel":"${channel}"`.length
    for (let length = 0; length < text.length; length += 1) {
      const [message, ...others] = parse(Buffer.from(text.slice(0, length)))
      expect(others).toEqual([])
      expect(message).toMatchObject({
        type: MessageType.Error,
        stream: length >= nameEnd ? stream : null,
        symbol: length >= nameEnd ? stream.instrument : null,
        channel: length >= nameEnd ? stream.channel : null,
        data: {
          code: 'ERR_MALFORMED_FRAME',
          wireChannel: length >= channelEnd ? channel : null,
          failure: length >= channelEnd ? null : 'corrupt',
        },
      })
    }
  })

  it('with one bit turned over, whichever, is data of its channel, an ERROR that ends its truth, or of another name', () => {
    const bytes = Buffer.from(text)
    const amiss: string[] = []
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = Buffer.from(bytes)
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7))
      const messages = parse(turned)
      const isFine = (message: ParsedMessage): boolean =>
        message.stream?.wireChannel === stream.wireChannel
          ? message.type !== MessageType.Error || endsTruthOf(stream, message)
          : endsTruthOf(stream, message) || saysOther(turned)
      if (messages.length === 0 || !messages.every(isFine)) amiss.push(turned.toString('latin1'))
    }
    expect(amiss).toEqual([])
  })

  /** Whether it is whole JSON that names another channel, or a candle of another width: nothing tells that from what the exchange may send. */
  function saysOther(turned: Buffer): boolean {
    try {
      const envelope = JSON.parse(turned.toString()) as {
        readonly channel?: unknown
        readonly result?: { n?: unknown }
      }
      const named = envelope.channel !== undefined && envelope.channel !== channel
      return named || (envelope.channel === 'spot.candlesticks' && envelope.result?.n !== '1m_BTC_USDT')
    } catch {
      return false
    }
  }
})

describe('an update id beyond what a number holds', () => {
  it.each([
    ['spot.order_book_update', results.orderBookUpdate, 'u'],
    ['spot.order_book_update', results.orderBookUpdate, 'U'],
    ['spot.obu', results.obu, 'u'],
    ['spot.order_book', results.orderBook, 'lastUpdateId'],
  ])('on %s is an ERROR of its book, and is not rounded', (channel, result, field) => {
    const text = JSON.stringify(push(channel, result))
    const [{ stream }] = parse(Buffer.from(text)) as [ParsedMessage]
    const beyond = text.replace(new RegExp(`"${field}":\\d+`), `"${field}":9007199254740993`)
    expect(parse(Buffer.from(beyond))).toMatchObject([{ type: MessageType.Error, stream: { id: stream?.id } }])
  })
})

describe('binary frames', () => {
  it('are read as text ones are, and are no reason to throw', () => {
    expect(parse(Buffer.from(JSON.stringify(push('spot.trades', results.trade))))).toMatchObject([
      { type: MessageType.Trades },
    ])
    expect(parse(Buffer.from([0x0a, 0x2f, 0x73, 0x70]))).toMatchObject([{ type: MessageType.Error }])
  })
})
