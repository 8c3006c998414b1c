import { fileURLToPath } from 'node:url'
import { randomInteger } from '@tapewire/testkit'
import protobuf from 'protobufjs'
import { packageFolder } from '../package-folder.js'
import { askPrice, bidPrice, changedSide } from './gateio-book-frames.js'
import { generate, priceText, type Random, sizeText, startTime } from './random-text.js'

/** A push as protobufjs reads it, as far as the scenarios look into it. */
export interface MexcPush {
  readonly channel: string
  readonly symbol: string
  readonly sendTime: number | { toNumber(): number }
  readonly publicAggreBookTicker?: {
    readonly bidPrice: string
    readonly bidQuantity: string
    readonly askPrice: string
    readonly askQuantity: string
    readonly version: string
  } | null
  readonly publicAggreDeals?: {
    readonly deals: readonly {
      readonly price: string
      readonly quantity: string
      readonly tradeType: number
      readonly time: number | { toNumber(): number }
    }[]
  } | null
  readonly publicAggreDepths?: {
    readonly asks: readonly MexcLevel[]
    readonly bids: readonly MexcLevel[]
    readonly toVersion: string
  } | null
}

interface MexcLevel {
  readonly price: string
  readonly quantity: string
}

interface MexcWrapper {
  decode(bytes: Uint8Array): MexcPush
  encode(push: object): { finish(): Uint8Array }
}

let wrapper: MexcWrapper | null = null

/** MEXC's wrapper message, compiled by protobufjs from the published schema: independent of the codec that is measured. */
export function mexcWrapper(): MexcWrapper {
  if (wrapper !== null) return wrapper
  const schema = new URL('../packages/exchange-mexc/proto/push-data.proto', packageFolder)
  wrapper = protobuf.loadSync(fileURLToPath(schema)).lookupType('PushDataV3ApiWrapper') as unknown as MexcWrapper
  return wrapper
}

export const mexcChannels = {
  bookTicker: (symbol: string): string => `spot@public.aggre.bookTicker.v3.api.pb@100ms@${symbol}`,
  deals: (symbol: string): string => `spot@public.aggre.deals.v3.api.pb@100ms@${symbol}`,
  depth: (symbol: string): string => `spot@public.aggre.depth.v3.api.pb@100ms@${symbol}`,
} as const

/** `spot@public.aggre.bookTicker`. Source of shape and size: MEXC spot v3 API docs; mexcdevelop/websocket-proto. */
export function mexcBookTickerFrame(random: Random, index: number, symbol: string): Buffer {
  const time = startTime + index
  return encode(mexcChannels.bookTicker(symbol), symbol, time, {
    publicAggreBookTicker: {
      bidPrice: priceText(random),
      bidQuantity: sizeText(random),
      askPrice: priceText(random, 200),
      askQuantity: sizeText(random),
      version: String(80_000_000_000 + index),
      lastOrderCreateTime: time - 10,
    },
  })
}

/** `spot@public.aggre.deals` with two deals, the usual number. */
export function mexcDealsFrame(random: Random, index: number, symbol: string): Buffer {
  const time = startTime + index
  const deals = generate(2, () => ({
    price: priceText(random),
    quantity: sizeText(random),
    tradeType: randomInteger(random, 1, 2),
    time: time - 10,
    tradeId: `${710_342_948_650_209_280n + BigInt(index)}X0_${710_342_948_650_209_281n + BigInt(index)}X0`,
  }))
  return encode(mexcChannels.deals(symbol), symbol, time, {
    publicAggreDeals: { deals, eventType: 'spot@public.aggre.deals.v3.api.pb@100ms' },
  })
}

/** Of the first order book update. */
export const firstVersion = 80_000_000_000

/** What the versions of an order book update follow, with the first digits of them: fields 4 and 5, texts of 11 bytes. */
export const versionMarks = ['"\u000b80', '*\u000b80'] as const

/** `spot@public.aggre.depth`: as the first all levels of a book of so many a side, and then three a side that changed. */
export function mexcDepthFrame(random: Random, index: number, symbol: string, depth: number): Buffer {
  const version = String(firstVersion + index)
  const size = (): string => sizeText(random)
  const side = (priceOf: (level: number) => string): MexcLevel[] =>
    index === 0
      ? generate(depth, (level) => ({ price: priceOf(level), quantity: size() }))
      : changedSide(random, { depth, count: 3, priceOf, size }).map(([price, quantity]) => ({ price, quantity }))
  return encode(mexcChannels.depth(symbol), symbol, startTime + index, {
    publicAggreDepths: {
      asks: side(askPrice),
      bids: side(bidPrice),
      eventType: 'spot@public.aggre.depth.v3.api.pb@100ms',
      fromVersion: version,
      toVersion: version,
    },
  })
}

function encode(channel: string, symbol: string, sendTime: number, body: object): Buffer {
  return Buffer.from(
    mexcWrapper()
      .encode({ channel, symbol, sendTime, ...body })
      .finish(),
  )
}
