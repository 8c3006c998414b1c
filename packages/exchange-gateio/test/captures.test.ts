import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type BookTickerData, type CandleData, MessageType, type OrderbookData, parseInstrument } from '@tapewire/core'
import { type ParsedMessage, unnamedInstrument } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import { type Capture, readCapture } from '@tapewire/testkit'
import { describe, expect, it } from 'vitest'
import type { Fields } from '../src/shared/fields.js'
import { newParser } from './support/frames.js'

/** Recorded traffic lies beside the repository, where it is there at all. */
const folder = fileURLToPath(new URL('../../../../shared/captures/gateio-spot/', import.meta.url))
const isHere = existsSync(folder)

interface Expected {
  readonly line: number
  readonly expect: Readonly<Record<string, unknown>>
}

function expectedOf(name: string): Expected[] {
  const text = readFileSync(`${folder}${name}.expected.jsonl`, 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

function parseFrame(capture: Capture, line: number): ParsedMessage {
  const frame = capture.frames.find((candidate) => candidate.line === line)
  if (frame === undefined) throw new Error(`no frame on line ${line}`)
  const parsed = newParser().parse(frameOf(frame.content))
  if (Array.isArray(parsed)) throw new Error('expected one message')
  return parsed as ParsedMessage
}

/** Counts of what the frames of a capture that came in are, by type and channel. */
function census(capture: Capture): Record<string, number> {
  const names = new Map(Object.entries(MessageType).map(([name, type]) => [type as number, name]))
  const counts: Record<string, number> = {}
  const parser = newParser()
  for (const frame of capture.frames.filter(({ dir }) => dir === 'in')) {
    const parsed = parser.parse(frameOf(frame.content))
    for (const message of Array.isArray(parsed) ? (parsed as ParsedMessage[]) : [parsed as ParsedMessage]) {
      const name = names.get(message.type) as string
      counts[name] = (counts[name] ?? 0) + 1
    }
  }
  return counts
}

/** `[price, size]` of one level, counted from the first in the frame. */
function level(side: readonly number[], index: number): { price: number; size: number } {
  return { price: side[2 * index] as number, size: side[2 * index + 1] as number }
}

/**
 * What a key of an expected value means in our words. `quantity_quote` is price times size, which we do not send; the values there were multiplied in
 * floating point, and so they are here. `begin_time` is in seconds. `volume` is the base volume. `quantity_contract` and `prev_seq_id` do not exist on spot.
 */
function ourValue(key: string, message: ParsedMessage): unknown {
  const side = /^orderbook\.(asks|bids)(?:\.(len)\(\)|\[(\d+)\]\.(\w+))$/.exec(key)
  if (side !== null) {
    const levels = (message.data as OrderbookData)[side[1] as 'asks' | 'bids']
    if (side[2] === 'len') return levels.length / 2
    const { price, size } = level(levels, Number(side[3]))
    const values = { price, quantity_base: size, quantity_quote: price * size, quantity_contract: null }
    return values[side[4] as keyof typeof values]
  }
  const wireSymbol = message.symbol === null ? null : `${message.symbol.base}_${message.symbol.quote}`
  const candle = message.data as CandleData
  const values: Readonly<Record<string, () => unknown>> = {
    'arr.len()': () => 1,
    extracted_timestamp: () => message.exchangeTime,
    extracted_symbol: () => wireSymbol,
    pair: () => message.symbol?.name,
    'orderbook.timestamp': () => message.exchangeTime,
    'orderbook.seq_id': () => message.sequence,
    'orderbook.prev_seq_id': () => null,
    'orderbook.snapshot': () => (message.data as OrderbookData).kind === 'snapshot',
    'candlestick_msg.symbol': () => wireSymbol,
    'candlestick_msg.timestamp': () => message.exchangeTime,
    'candlestick_msg.period': () => candle.interval,
    'candlestick_msg.begin_time': () => candle.openTime / 1000,
    'candlestick_msg.open': () => candle.open,
    'candlestick_msg.high': () => candle.high,
    'candlestick_msg.low': () => candle.low,
    'candlestick_msg.close': () => candle.close,
    'candlestick_msg.volume': () => candle.baseVolume,
    'candlestick_msg.quote_volume': () => candle.quoteVolume,
  }
  const read = values[key]
  if (read === undefined) throw new Error(`nobody said what ${key} means`)
  return read()
}

describe.skipIf(!isHere)('recorded traffic of Gate.io spot', () => {
  it('agrees with every value the source of crypto-msg-parser asserts', async () => {
    const capture = await readCapture(`${folder}crypto-msg-parser.jsonl`)
    let compared = 0
    for (const { line, expect: values } of expectedOf('crypto-msg-parser')) {
      const message = parseFrame(capture, line)
      const ours = Object.fromEntries(Object.keys(values).map((key) => [key, ourValue(key, message)]))
      expect(ours).toEqual(values)
      compared += Object.keys(values).length
    }
    expect(compared).toBe(62)
  })

  /** One of the two frames was trimmed by its source: its market is gone, its trade is read all the same. */
  it('agrees with every value known of the single trades', async () => {
    const capture = await readCapture(`${folder}misc-real.jsonl`)
    for (const { line, expect: known } of expectedOf('misc-real')) {
      const frame = capture.frames.find((candidate) => candidate.line === line)
      const { result } = JSON.parse(String(frame?.content)) as { result: Fields }
      expect(parseFrame(capture, line)).toMatchObject({
        type: MessageType.Trades,
        symbol: result.currency_pair === undefined ? unnamedInstrument : parseInstrument('BTC/USDT'),
        data: [
          {
            price: Number(known.price),
            size: Number(known.amount),
            side: known.side,
            time: Number(result.create_time_ms),
            id: known.id ?? null,
          },
        ],
      })
      expect(Math.floor(Number(result.create_time_ms))).toBe(known.tradeTimeMsFloor)
    }
  })

  it('knows every frame of a whole session of 2021', async () => {
    const capture = await readCapture(`${folder}cryptofeed-20210422.jsonl`)
    expect(census(capture)).toEqual({ Orderbook: 106, Ticker: 11, Candle: 9, Trades: 3, SubscriptionConfirm: 16 })
  })

  it.each([
    [
      'arb-observatory-gateus-20260923',
      { Orderbook: 1, BookTicker: 1, Ticker: 1, SubscriptionConfirm: 2, Heartbeat: 1 },
    ],
    ['crypto-msg-parser', { Candle: 2, Orderbook: 3, Ticker: 1 }],
    ['misc-real', { SubscriptionConfirm: 2, Trades: 2, Ticker: 1, Heartbeat: 1 }],
    [
      'doc-derived',
      { Balance: 1, BookTicker: 1, Candle: 1, Other: 4, Orderbook: 2, Order: 1, Ticker: 1, Trades: 1, Trade: 1 },
    ],
  ])('knows every frame of %s', async (name, counts) => {
    expect(census(await readCapture(`${folder}${name}.jsonl`))).toEqual(counts)
  })

  it.each(['cryptofeed-20210422', 'arb-observatory-gateus-20260923', 'crypto-msg-parser', 'misc-real', 'doc-derived'])(
    'reads every frame of %s as the reference decoder does',
    async (name) => {
      const { frames } = await readCapture(`${folder}${name}.jsonl`)
      const parser = newParser()
      const reference = newParser()
      for (const { content } of frames) {
        // Behind a blank, no frame has the shape that the fast decoder knows.
        expect(parser.parse(frameOf(content))).toStrictEqual(reference.parse(frameOf(` ${content}`)))
      }
    },
  )

  it('reads every push of the session of 2021, and of 2026, without the reference decoder', async () => {
    const parser = newParser()
    for (const name of ['cryptofeed-20210422', 'arb-observatory-gateus-20260923']) {
      const { frames } = await readCapture(`${folder}${name}.jsonl`)
      for (const { content } of frames) parser.parse(frameOf(content))
    }
    expect([...parser.fallbacks]).toEqual([])
  })

  it('reads a refusal and a touch of 2026', async () => {
    const capture = await readCapture(`${folder}arb-observatory-gateus-20260923.jsonl`)
    expect(parseFrame(capture, 6).data).toMatchObject({
      action: 'subscribe',
      requestId: null,
      wireChannel: 'spot.order_book_update',
      others: { exchangeCode: '2', reason: 'unknown currency pair: NOPE_USD' },
    })
    expect(parseFrame(capture, 7).data).toEqual({
      bidPrice: 118.91,
      bidSize: 13.548,
      askPrice: 118.99,
      askSize: 65.556,
    } satisfies BookTickerData)
  })
})
