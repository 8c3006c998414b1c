import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createEnv, requestJson } from '@tapewire/core/adapter'
import { readCapture } from '@tapewire/testkit'
import protobuf from 'protobufjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeIndependently } from './support/independent-codec.js'
import { MexcClient } from './support/mexc-client.js'
import { btc, type MexcServer, startMexcServer } from './support/mexc-server.js'
import { signedRequest } from './support/signed-request.js'

/** Recorded traffic lies beside the repository, not in it. */
const captures = fileURLToPath(new URL('../../../../shared/captures/mexc-spot/', import.meta.url))
const isPresent = existsSync(captures)

/** The streams that are recorded. */
const streams = {
  depth: 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT',
  limitDepth: 'spot@public.limit.depth.v3.api.pb@BTCUSDT@5',
  quotes: 'spot@public.aggre.bookTicker.v3.api.pb@100ms@BTCUSDT',
  deals: 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT',
  kline: 'spot@public.kline.v3.api.pb@BTCUSDT@Min1',
  miniTicker: 'spot@public.miniTicker.v3.api.pb@BTCUSDT@UTC+8',
}

interface Level {
  readonly price: string
  readonly quantity: string
}

interface Deal extends Level {
  readonly tradeId: string
  readonly tradeType: number
  readonly time: number
}

interface Push {
  readonly channel: string
  readonly symbol: string
  readonly sendTime?: number
  readonly createTime?: number
  readonly symbolId?: string
  /** Numbers of the wrapper's fields, as they lie on the wire. */
  readonly fields: readonly number[]
  /** Numbers of the body's fields, each once. */
  readonly bodyFields: readonly number[]
  readonly body: Readonly<Record<string, string>> & {
    readonly asks?: readonly Level[]
    readonly bids?: readonly Level[]
    readonly deals?: readonly Deal[]
  }
}

let venue: MexcServer
let emulated: readonly Push[] = []
let emulatedDepth: unknown
let accountFrames: readonly Uint8Array[] = []

beforeAll(async () => {
  venue = await startMexcServer()
  const client = await MexcClient.connect(venue.server.url)
  await client.subscribe(...Object.values(streams))
  for (let step = 0; step < 600; step += 1) {
    // Bursts and pauses: some intervals see many changes, some see one.
    if (step % 50 < 25 || step % 10 === 0) venue.server.market.step(btc)
    venue.clock.advance(10)
  }
  await client.pushesOf(streams.miniTicker, 2)
  emulated = client.frames
    .filter(({ isBinary }) => isBinary)
    .map(({ bytes, start, end }) => readPush(bytes.subarray(start, end)))
  accountFrames = await followAccount()
  const url = `${venue.server.restUrl}/api/v3/depth?symbol=BTCUSDT`
  emulatedDepth = (await requestJson({ url }, createEnv())).body
})

afterAll(async () => {
  await venue.server.close()
})

/** What the account's streams bring while it trades. */
async function followAccount(): Promise<readonly Uint8Array[]> {
  const endpoint = `${venue.server.restUrl}/api/v3/userDataStream`
  const { body } = await signedRequest(endpoint, `timestamp=${venue.clock.now()}`, { method: 'POST' })
  const client = await MexcClient.connect(`${venue.server.url}?listenKey=${(body as { listenKey: string }).listenKey}`)
  await client.subscribe(...['orders', 'deals', 'account'].map((name) => `spot@private.${name}.v3.api.pb`))
  for (let step = 0; step < 200; step += 1) venue.account.step()
  await client.ping()
  return client.frames.filter(({ isBinary }) => isBinary).map(({ bytes, start, end }) => bytes.subarray(start, end))
}

async function recordedPushes(): Promise<readonly Push[]> {
  const { frames } = await readCapture(`${captures}pb-captures.jsonl`)
  return frames.flatMap(({ content }) => (typeof content === 'string' ? [] : [readPush(content)]))
}

async function recordedDepth(): Promise<unknown> {
  const { responses } = await readCapture(`${captures}screener-20261009.rest.jsonl`)
  return JSON.parse(responses[0]?.body ?? '')
}

/** What holds of recorded frames holds of emulated ones: each fact is looked for in both. */
describe.each([
  { source: 'recorded', isAbsent: !isPresent, pushes: recordedPushes, depth: recordedDepth },
  { source: 'emulated', isAbsent: false, pushes: async () => emulated, depth: async () => emulatedDepth },
])('$source MEXC frames', ({ isAbsent, pushes, depth }) => {
  const ofChannel = async (name: string): Promise<readonly Push[]> => {
    const found = (await pushes()).filter(({ channel }) => channel.includes(`.${name}.v3.api.pb@`))
    expect(found.length).toBeGreaterThan(0)
    return found
  }

  it.skipIf(isAbsent)('of aggre.depth name the interval, and leave out a side that has not changed', async () => {
    for (const push of await ofChannel('aggre.depth')) {
      expect(push.fields).toEqual([1, 3, 6, 313])
      expect([
        [1, 2, 3, 4, 5, 6],
        [1, 3, 4, 5, 6],
        [2, 3, 4, 5, 6],
      ]).toContainEqual(push.bodyFields)
      expect(push.body.eventType).toBe(push.channel.slice(0, push.channel.lastIndexOf('@')))
    }
    expect((await ofChannel('aggre.depth')).some(({ bodyFields }) => bodyFields.length < 6)).toBe(true)
  })

  it.skipIf(isAbsent)(
    'of aggre.depth count no fewer versions than levels, and send levels best first, trimmed, and once',
    async () => {
      for (const { body } of await ofChannel('aggre.depth')) {
        const { asks = [], bids = [] } = body
        const versions = Number(body.toVersion) - Number(body.fromVersion) + 1
        expect(versions).toBeGreaterThanOrEqual(asks.length + bids.length)
        expectBestFirst(bids, asks)
        for (const level of [...asks, ...bids]) expectTrimmed(level.price, level.quantity)
      }
    },
  )

  it.skipIf(isAbsent)('of limit.depth hold the whole depth of both sides, padded', async () => {
    for (const { fields, bodyFields, channel, body } of await ofChannel('limit.depth')) {
      expect(fields).toEqual([1, 3, 6, 303])
      expect(bodyFields).toEqual([1, 2, 3, 4, 5])
      expect(body.eventType).toBe('spot@public.limit.depth.v3.api.pb')
      const { asks = [], bids = [] } = body
      for (const side of [asks, bids]) expect(side).toHaveLength(Number(channel.split('@').at(-1)))
      expectBestFirst(bids, asks)
      const levels = [...asks, ...bids]
      expect(new Set(levels.map(({ price }) => decimalsOf(price))).size).toBe(1)
      expect(new Set(levels.map(({ quantity }) => decimalsOf(quantity))).size).toBe(1)
    }
  })

  it.skipIf(isAbsent)('of aggre.bookTicker are trimmed, and dated with the order that changed the quote', async () => {
    for (const { fields, bodyFields, body } of await ofChannel('aggre.bookTicker')) {
      expect(fields).toEqual([1, 3, 6, 315])
      expect(bodyFields).toEqual([1, 2, 3, 4, 5, 6])
      const { bidPrice = '', bidQuantity = '', askPrice = '', askQuantity = '' } = body
      expectTrimmed(bidPrice, bidQuantity, askPrice, askQuantity)
      expect(Number(bidPrice)).toBeLessThan(Number(askPrice))
    }
  })

  it.skipIf(isAbsent)('are sent no earlier than the last order they tell of', async () => {
    for (const name of ['aggre.depth', 'limit.depth', 'aggre.bookTicker']) {
      for (const { sendTime, body } of await ofChannel(name)) {
        expect(sendTime).toBeGreaterThanOrEqual(Number(body.lastOrderCreateTime))
      }
    }
  })

  it.skipIf(isAbsent)('of aggre.deals name each trade by two neighbouring ids, oldest first', async () => {
    for (const { fields, bodyFields, body, sendTime } of await ofChannel('aggre.deals')) {
      expect(fields).toEqual([1, 3, 6, 314])
      expect(bodyFields).toEqual([1])
      const { deals = [] } = body
      const times = deals.map(({ time }) => time)
      expect(times).toEqual([...times].sort((left, right) => left - right))
      for (const { price, quantity, tradeId, tradeType, time } of deals) {
        expectTrimmed(price, quantity)
        expect([1, 2]).toContain(tradeType)
        expect(time).toBeLessThanOrEqual(sendTime ?? 0)
        const [, first, second] = /^(\d{18})X0_(\d{18})X0$/.exec(tradeId) ?? []
        expect(BigInt(second ?? 0)).toBe(BigInt(first ?? 0) + 1n)
      }
    }
  })

  it.skipIf(isAbsent)(
    'of kline have a creation time and an id of the symbol, no send time, and a window in seconds',
    async () => {
      for (const { fields, bodyFields, symbolId, createTime = 0, body } of await ofChannel('kline')) {
        expect(fields).toEqual([1, 3, 4, 5, 308])
        expect(bodyFields).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
        expect(symbolId).toMatch(/^[0-9a-f]{32}$/)
        const [start, end] = [Number(body.windowStart), Number(body.windowEnd)]
        expect(end - start).toBe(60)
        expect(start % 60).toBe(0)
        expect(createTime).toBeGreaterThanOrEqual(start * 1000)
        expect(createTime).toBeLessThan(end * 1000 + 1000)
        const { openingPrice, closingPrice, highestPrice, lowestPrice, volume, amount } = body
        expectTrimmed(...([openingPrice, closingPrice, highestPrice, lowestPrice, volume, amount] as string[]))
      }
    },
  )

  it.skipIf(isAbsent)('of miniTicker repeat the symbol, and say every field', async () => {
    for (const { fields, bodyFields, symbol, body } of await ofChannel('miniTicker')) {
      expect(fields).toEqual([1, 3, 6, 309])
      expect(bodyFields).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
      expect(body.symbol).toBe(symbol)
      expect(body.rate).toMatch(/^-?\d+(\.\d{1,4})?$/)
      // The quote asset's turnover, and the base asset's volume.
      const average = Number(body.volume) / Number(body.quantity)
      expect(average).toBeGreaterThanOrEqual(Number(body.low))
      expect(average).toBeLessThanOrEqual(Number(body.high))
    }
  })

  it.skipIf(isAbsent)('of REST are padded, best first, and dated last', async () => {
    const image = (await depth()) as Readonly<Record<string, readonly (readonly [string, string])[]>>
    expect(Object.keys(image)).toEqual(['lastUpdateId', 'bids', 'asks', 'timestamp'])
    const [bids = [], asks = []] = [image.bids, image.asks].map((side) =>
      side?.map(([price, quantity]) => ({ price, quantity })),
    )
    expectBestFirst(bids, asks)
    for (const field of ['price', 'quantity'] as const) {
      expect(new Set([...bids, ...asks].map((level) => decimalsOf(level[field]))).size).toBe(1)
    }
  })
})

describe('emulated account pushes', () => {
  it('leave out what is empty, false or 0, as proto3 does', () => {
    const channels = new Set<unknown>()
    for (const bytes of accountFrames) {
      const push = decodeIndependently(bytes, Number)
      channels.add(push.channel)
      const [, body = {}] = Object.entries(push).find(([name]) => name.startsWith('private')) ?? []
      for (const value of [...Object.values(push), ...Object.values(body as object)]) {
        expect(['', false, 0]).not.toContain(value)
      }
    }
    expect(channels.size).toBe(3)
  })

  it('carry a creation time where they tell of a balance, and a symbol where they do not', () => {
    for (const bytes of accountFrames) {
      const { channel, ...push } = decodeIndependently(bytes, Number)
      const names = Object.keys(push).filter((name) => !name.startsWith('private'))
      const isBalance = channel === 'spot@private.account.v3.api.pb'
      expect(names).toEqual(isBalance ? ['createTime', 'sendTime'] : ['symbol', 'sendTime'])
    }
  })
})

function expectBestFirst(bids: readonly Level[], asks: readonly Level[]): void {
  const bidPrices = bids.map(({ price }) => Number(price))
  const askPrices = asks.map(({ price }) => Number(price))
  expect(bidPrices).toEqual([...new Set(bidPrices)].sort((left, right) => right - left))
  expect(askPrices).toEqual([...new Set(askPrices)].sort((left, right) => left - right))
}

function expectTrimmed(...decimals: readonly string[]): void {
  for (const text of decimals) expect(text).toMatch(/^(0|[1-9]\d*)(\.\d*[1-9])?$/)
}

function decimalsOf(text: string): number {
  return text.split('.')[1]?.length ?? 0
}

function readPush(bytes: Uint8Array): Push {
  const wrapper = decodeIndependently(bytes, Number)
  const [, body] = Object.entries(wrapper).find(([name]) => name.startsWith('public')) ?? []
  const fields = fieldsOf(bytes)
  const push: unknown = { ...wrapper, body, fields: fields.map(({ field }) => field), bodyFields: bodyFieldsOf(fields) }
  return push as Push
}

interface WireField {
  readonly field: number
  readonly content: Uint8Array | null
}

function fieldsOf(bytes: Uint8Array): WireField[] {
  const reader = protobuf.Reader.create(bytes)
  const fields: WireField[] = []
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    const isBytes = (tag & 7) === 2
    fields.push({ field: tag >>> 3, content: isBytes ? reader.bytes() : null })
    if (!isBytes) reader.skipType(tag & 7)
  }
  return fields
}

function bodyFieldsOf(fields: readonly WireField[]): number[] {
  const body = fields.find(({ field }) => field > 300)?.content ?? new Uint8Array()
  return [...new Set(fieldsOf(body).map(({ field }) => field))]
}
