import { type Instrument, type MessageOf, type MessageType, parseInstrument } from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import { expect } from 'vitest'
import { type GateioSpotPublicOptions, resolvePublicOptions } from '../../src/spot/options.js'
import { GateioSpotParser } from '../../src/spot/parser.js'
import { GateioSpotStreams } from '../../src/spot/streams.js'

export const btcUsdt: Instrument = parseInstrument('BTC/USDT')
export const ethUsdt: Instrument = parseInstrument('ETH/USDT')

/** When the frames of these tests arrived. */
export const receivedAt = 1_767_225_699_999.5

/** The streams of strategies that were made with these options. */
export function streamsWith(options?: GateioSpotPublicOptions): GateioSpotStreams {
  return new GateioSpotStreams(resolvePublicOptions(options))
}

/** A parser of its own, which nothing was planned with. */
export function newParser(): GateioSpotParser {
  return new GateioSpotParser(streamsWith())
}

/** The stream of this id, in an expectation. */
export function streamOf(id: string): unknown {
  return expect.objectContaining({ id })
}

/** Every message in a frame. */
export function parseAll(
  content: string | Buffer | object,
  parser: GateioSpotParser = newParser(),
): readonly ParsedMessage[] {
  const isText = typeof content === 'string' || Buffer.isBuffer(content)
  const frame = frameOf(isText ? content : JSON.stringify(content), receivedAt)
  const parsed = parser.parse(frame)
  return Array.isArray(parsed) ? parsed : [parsed as ParsedMessage]
}

/** The one message in a frame. */
export function parseOne(content: string | Buffer | object, parser: GateioSpotParser = newParser()): ParsedMessage {
  const messages = parseAll(content, parser)
  if (messages.length !== 1) throw new Error(`expected one message, got ${messages.length}`)
  return messages[0] as ParsedMessage
}

/** The one message in a frame, which must be of this type. */
export function parseAs<Type extends MessageType>(
  type: Type,
  content: string | Buffer | object,
  parser: GateioSpotParser = newParser(),
): MessageOf<Type> {
  const message = parseOne(content, parser)
  if (message.type !== type) throw new Error(`expected type ${type}, got ${JSON.stringify(message)}`)
  return message as MessageOf<Type>
}

/** A push as the server sends it, with fields of its result replaced (`undefined` removes one). */
export function push(channel: string, result: unknown): object {
  return { time: 1_767_225_601, time_ms: 1_767_225_601_231, channel, event: 'update', result }
}

/** The results of one push of each public channel, composed after the protocol's documentation. */
export const results = {
  trade: {
    id: 9_455_001_234,
    id_market: 5_500_123,
    create_time: 1_767_225_601,
    create_time_ms: '1767225601213.25',
    side: 'sell',
    currency_pair: 'BTC_USDT',
    amount: '0.0105000000',
    price: '90012.4000000000',
    range: '5500123-5500123',
  },
  ticker: {
    currency_pair: 'BTC_USDT',
    last: '90012.4',
    lowest_ask: '90012.5',
    highest_bid: '90012.4',
    change_percentage: '-0.52',
    base_volume: '8123.45',
    quote_volume: '731220011.2',
    high_24h: '91200',
    low_24h: '88990.1',
  },
  candle: {
    t: '1767225600',
    v: '90012.4',
    c: '90012.4',
    h: '90013',
    l: '90010',
    o: '90011',
    n: '1m_BTC_USDT',
    a: '1',
    w: false,
  },
  bookTicker: {
    t: 1_767_225_600_353,
    u: 61_000_456,
    s: 'BTC_USDT',
    b: '90012.4',
    B: '0.6',
    a: '90012.5',
    A: '0.09',
  },
  orderBook: {
    t: 1_767_225_600_221,
    lastUpdateId: 61_000_460,
    s: 'BTC_USDT',
    l: '5',
    bids: [
      ['90012.4', '0.5'],
      ['90012.3', '1.1'],
    ],
    asks: [
      ['90012.5', '0.09'],
      ['90013', '2'],
    ],
  },
  orderBookUpdate: {
    t: 1_767_225_600_205,
    l: '100',
    e: 'depthUpdate',
    E: 1_767_225_600,
    s: 'BTC_USDT',
    U: 61_000_457,
    u: 61_000_460,
    b: [
      ['90012.4', '0.5'],
      ['89990', '0'],
    ],
    a: [['90012.5', '0.09']],
  },
  obu: {
    t: 1_767_225_600_160,
    s: 'ob.BTC_USDT.50',
    U: 81_200_450_011,
    u: 81_200_450_014,
    b: [['90012.4', '0']],
  },
  order: {
    id: '700100200300',
    text: 't-demo-1',
    create_time: '1767225605',
    update_time: '1767225605',
    currency_pair: 'BTC_USDT',
    type: 'limit',
    account: 'spot',
    side: 'sell',
    amount: '0.001',
    price: '90100',
    time_in_force: 'gtc',
    left: '0.001',
    filled_total: '0',
    filled_amount: '0',
    avg_deal_price: '0',
    fee: '0',
    fee_currency: 'USDT',
    point_fee: '0',
    gt_fee: '0',
    rebated_fee: '0',
    rebated_fee_currency: 'USDT',
    create_time_ms: '1767225605311',
    update_time_ms: '1767225605311',
    user: 1_000_001,
    event: 'put',
    stp_id: 0,
    stp_act: '-',
    finish_as: 'open',
    biz_info: '-',
    amend_text: '-',
  },
  userTrade: {
    id: 9_455_001_299,
    user_id: 1_000_001,
    order_id: '700100200300',
    currency_pair: 'BTC_USDT',
    create_time: 1_767_225_606,
    create_time_ms: '1767225606759.12',
    side: 'sell',
    amount: '0.001',
    role: 'maker',
    price: '90100',
    fee: '0.0901',
    fee_currency: 'USDT',
    point_fee: '0',
    gt_fee: '0',
    text: 't-demo-1',
    id_market: 5_500_171,
  },
  balance: {
    timestamp: '1767225606',
    timestamp_ms: '1767225606765',
    user: '1000001',
    currency: 'USDT',
    change: '90.0099',
    total: '1090.0099',
    available: '1090.0099',
    freeze: '0',
    freeze_change: '0',
    change_type: 'order-match',
  },
} as const
