import { MessageType } from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newParser, push, results } from '../../test/support/frames.js'

const parser = newParser()
const types = new Set<number>(Object.values(MessageType))

/** Frames of every kind, as the server sends them. */
const frames = [
  push('spot.trades', results.trade),
  push('spot.tickers', results.ticker),
  push('spot.candlesticks', results.candle),
  push('spot.book_ticker', results.bookTicker),
  push('spot.order_book', results.orderBook),
  push('spot.order_book_update', results.orderBookUpdate),
  push('spot.obu', results.obu),
  push('spot.orders', [results.order, results.order]),
  push('spot.usertrades', [results.userTrade]),
  push('spot.balances', [results.balance]),
  push('spot.system', { type: 'upgrade', msg: 'soon' }),
  { time: 1, id: 1, channel: 'spot.trades', event: 'subscribe', result: { status: 'success' } },
  { time: 1, channel: 'spot.trades', event: 'subscribe', error: { code: 2, message: '{"label":"X"}' }, result: null },
  { request_id: '1', header: { status: '400', channel: 'spot.login' }, data: { errs: { label: 'X', message: 'Y' } } },
  { time: 1, channel: 'spot.pong', event: '', result: null },
]

/** Every number that came out of a message, wherever it is. */
function* numbersIn(value: unknown): Generator<number> {
  if (typeof value === 'number') yield value
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) yield* numbersIn(inner)
}

function check(bytes: Buffer): void {
  const frame = frameOf(bytes, 5)
  parser.peek(frame)
  const parsed = parser.parse(frame)
  const messages = Array.isArray(parsed) ? parsed : [parsed as ParsedMessage]
  expect(messages.length).toBeGreaterThan(0)
  for (const message of messages) {
    expect(types).toContain(message.type)
    expect(Object.keys(message)).toEqual([
      'type',
      'stream',
      'symbol',
      'channel',
      'data',
      'exchangeTime',
      'receivedAt',
      'sequence',
      'raw',
    ])
    for (const number of numbersIn(message)) expect(Number.isFinite(number)).toBe(true)
  }
}

/** A frame's text with one stretch of characters replaced. */
const mutatedText = fc
  .record({
    frame: fc.constantFrom(...frames),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat({ max: 12 }),
    by: fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('"', '{', '}', '[', ',', ':', 'null', '1e400', '-')),
  })
  .map(({ frame, at, length, by }) => {
    const text = JSON.stringify(frame)
    const start = Math.floor(at * text.length)
    return Buffer.from(text.slice(0, start) + by + text.slice(start + length))
  })

/** JSON that means nothing, and objects that do not let themselves be converted. */
const anyValue = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom({ toString: null }, { valueOf: null, toString: 1 }, { toJSON: 1 }) },
)

/** A frame with one of its fields, at any depth, replaced by any JSON value or taken out. */
const mutatedField = fc
  .record({ frame: fc.constantFrom(...frames), pick: fc.nat(), value: fc.option(anyValue) })
  .map(({ frame, pick, value }) => {
    const copy = structuredClone(frame)
    const places: [Record<string, unknown>, string][] = []
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return
      for (const key of Object.keys(node)) {
        places.push([node as Record<string, unknown>, key])
        visit((node as Record<string, unknown>)[key])
      }
    }
    visit(copy)
    const [node, key] = places[pick % places.length] as [Record<string, unknown>, string]
    if (value === null) delete node[key]
    else node[key] = value
    return Buffer.from(JSON.stringify(copy))
  })

describe('the parser never throws and classifies', () => {
  it('any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => check(Buffer.from(bytes))),
      { numRuns: 200 },
    )
  })

  it('any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (json) => check(Buffer.from(json))),
      { numRuns: 200 },
    )
  })

  it('frames with damaged text', () => {
    fc.assert(fc.property(mutatedText, check), { numRuns: 200 })
  })

  it('frames with a field replaced or missing', () => {
    fc.assert(fc.property(mutatedField, check), { numRuns: 500 })
  })
})
