import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MessageType } from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import { readCapture } from '@tapewire/testkit'
import { describe, expect, it } from 'vitest'
import { mexcSpot } from '../src/index.js'
import { wholePush } from './support/whole-push.js'

/** Recorded traffic lies beside the repository, not in it. */
const captures = fileURLToPath(new URL('../../../../shared/captures/mexc-spot/', import.meta.url))

type Expectation = Readonly<Record<string, unknown>>

interface ExpectedLine {
  readonly line: number
  readonly expect: Expectation
}

const isPresent = existsSync(captures)
const expectedLines: readonly ExpectedLine[] = isPresent
  ? readFileSync(`${captures}pb-captures.expected.jsonl`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ExpectedLine)
  : []
const jsonFiles = isPresent
  ? readdirSync(captures).filter(
      (name) => /^(legacy|doc-derived).*\.jsonl$/.test(name) && !/\.(expected|sources|rest)\./.test(name),
    )
  : []

const { messageParser } = mexcSpot.public()

async function parseFile(name: string): Promise<{ content: string | Buffer; messages: readonly ParsedMessage[] }[]> {
  const { frames } = await readCapture(`${captures}${name}`)
  return frames.map(({ content }) => ({ content, messages: [messageParser.parse(frameOf(content, 1))].flat() }))
}

describe.skipIf(!isPresent)('recorded MEXC traffic', () => {
  it.each(expectedLines)('line $line says what its source asserts', async ({ line, expect: expected }) => {
    const parsed = (await parseFile('pb-captures.jsonl'))[line - 1]
    expect(parsed?.messages).toHaveLength(1)
    expect(observe(parsed?.messages[0] as ParsedMessage, parsed?.content ?? '')).toMatchObject(comparable(expected))
  })

  it('finds the price missing in the frame made to be wrong', async () => {
    const [parsed] = await parseFile('synthetic-negative-pb.jsonl')
    expect(parsed?.messages).toMatchObject([
      { type: MessageType.Error, data: { code: 'ERR_MALFORMED_FRAME', failure: null } },
    ])
  })

  it.each(jsonFiles)('%s, of protocols MEXC has switched off, is told apart and normalised by nobody', async (name) => {
    for (const { messages } of await parseFile(name)) {
      for (const { type } of messages) expect([MessageType.Other, MessageType.Unknown]).toContain(type)
    }
  })
})

/** What the sources assert, in their words, read off our message. */
function observe(message: ParsedMessage, content: string | Buffer): Expectation {
  const { symbol, exchangeTime, sequence } = message
  const common = {
    symbol: symbol === null ? null : `${symbol.base}${symbol.quote}`,
    version: sequence,
    sendTime: exchangeTime,
  }
  switch (message.type) {
    case MessageType.Orderbook: {
      const { kind, bids, asks, firstSequence, lastSequence } = message.data
      return {
        ...common,
        channel: kind === 'delta' ? 'aggre.depth' : 'limit.depth',
        fromVersion: firstSequence,
        toVersion: lastSequence,
        askCount: asks.length / 2,
        bidCount: bids.length / 2,
        bestAsk: asks[0],
        bestBid: bids[0],
        lastOrderCreateTime: lastOrderCreateTime(content),
      }
    }
    case MessageType.BookTicker: {
      const { bidPrice, bidSize, askPrice, askSize } = message.data
      return { ...common, channel: 'aggre.bookTicker', bidPrice, bidQty: bidSize, askPrice, askQty: askSize }
    }
    case MessageType.Trades: {
      const deals = message.data.map(({ price, size, side, time }) => ({
        price,
        quantity: size,
        tradeType: side === 'buy' ? 1 : 2,
        side,
        time,
      }))
      return { ...common, channel: 'aggre.deals', deals }
    }
    case MessageType.Candle: {
      const { interval, open, high, low, close, baseVolume, quoteVolume } = message.data
      const wire = { interval: interval === '1m' ? 'Min1' : interval, volume: baseVolume, amount: quoteVolume }
      return { ...common, channel: 'kline', open, high, low, close, ...wire }
    }
    case MessageType.Ticker:
      return { ...common, channel: 'miniTicker', price: message.data.last, ...message.data, rate: message.data.change }
    case MessageType.Heartbeat:
      return { kind: message.data.kind }
    case MessageType.SubscriptionConfirm:
      return { kind: message.data.rejected.length > 0 ? 'nack' : 'ack' }
    default:
      return { kind: `message of type ${message.type}` }
  }
}

/** Read off the bytes: our messages do not carry it. */
function lastOrderCreateTime(content: string | Buffer): number | undefined {
  const { body } = wholePush(content as Buffer)
  return body?.$case === 'publicAggreDepths' ? body.value.lastOrderCreateTime : undefined
}

/** The expectation with decimal text as numbers, and without remarks. */
function comparable(value: unknown): Expectation {
  const withNumbers = JSON.parse(JSON.stringify(value), (_, item) =>
    typeof item === 'string' && /^\d+(\.\d+)?$/.test(item) ? Number(item) : item,
  ) as Record<string, unknown>
  const { note: _remark, ...rest } = withNumbers
  return rest
}
