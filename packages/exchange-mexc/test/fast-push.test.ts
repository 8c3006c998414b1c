import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import {
  type InboundFrame,
  type ParsedMessage,
  type ProtoDeclaration,
  protoMessage,
  protoText,
} from '@tapewire/core/adapter'
import { deviantProto, frameOf, sampleProto } from '@tapewire/core/testing'
import { createRandom, randomItem, readCapture } from '@tapewire/testkit'
import type { Type } from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { pushDeclaration } from '../src/shared/push.js'
import { resolvePublicOptions } from '../src/spot/options.js'
import { MexcSpotParser, pushReaders } from '../src/spot/parser.js'
import { MexcSpotStreams } from '../src/spot/streams.js'
import { sampleFrame, sampleFrames } from './fixtures/sample-frames.js'
import { encodeIndependently, wrapperType } from './support/independent-codec.js'

/** `TAPEWIRE_FUZZ_CASES=1000000` runs more of them; `TAPEWIRE_FUZZ_SEED` begins with another case, or repeats the one that failed. */
const cases = Number(process.env.TAPEWIRE_FUZZ_CASES ?? 1_000)
const firstSeed = Number(process.env.TAPEWIRE_FUZZ_SEED ?? 1)
const timeout = 60_000 + cases

type Parsed = ParsedMessage | readonly ParsedMessage[]

const names = pushReaders.map(({ channel }) => channel)
const quoteBodies = pushReaders.filter(({ isQuote }) => isQuote)

/** A push with this one body, as the declarations have it, mostly of one stream: nothing is read of one that contradicts itself. */
function pushWith({ field, shape, wireChannel }: (typeof pushReaders)[number]): ProtoDeclaration {
  const { declaration } = shape
  return {
    ...pushDeclaration,
    channel: protoText(1, wireChannel.streamName(wireSymbol, width)),
    symbol: protoText(3, wireSymbol),
    body: protoMessage(field, {
      ...declaration,
      ...('interval' in declaration ? { interval: protoText(1, width) } : {}),
      ...('symbol' in declaration ? { symbol: protoText(1, wireSymbol) } : {}),
    }),
  }
}

const wireSymbol = 'BTCUSDT'
const width = 'Min1'

/** A frame in the middle of other bytes. */
function frameAmong(bytes: Buffer): InboundFrame {
  const chunk = Buffer.concat([Buffer.from('70'), bytes, Buffer.from('07')])
  return { ...frameOf(chunk, 9), start: 2, end: 2 + bytes.length }
}

const allTickers = 'spot@public.miniTickers.v3.api.pb@24H'

/** So many samples name more instruments than a table remembers of those nobody asked for. */
const samplesBeforeRenewal = 1_000

function newParser(suppressDuplicateQuotes = false): MexcSpotParser {
  return new MexcSpotParser(new MexcSpotStreams(resolvePublicOptions()), { suppressDuplicateQuotes })
}

/** Outside of `expect`, which is too slow to be asked for each case. */
function expectSame(actual: Parsed, expected: Parsed, bytes: Buffer, seed: number): void {
  if (!isDeepStrictEqual(actual, expected)) {
    expect(actual, `seed ${seed}: ${bytes.toString('hex')}`).toStrictEqual(expected)
  }
}

/** How a field of each type may be declared. */
const kindsOf: Readonly<Record<string, readonly string[]>> = {
  string: ['decimal', 'amount', 'digits', 'text'],
  int32: ['int32'],
  int64: ['integer'],
  bool: ['integer'],
}

describe('declarations', () => {
  /** Names, numbers and types as the definitions have them. */
  function expectEveryField(declaration: ProtoDeclaration, type: Type): void {
    const fields = type.fieldsArray.filter((field) => field.partOf?.name !== 'body')
    expect(Object.keys(declaration).filter((name) => name !== 'body')).toEqual(fields.map(({ name }) => name))
    for (const { name, id, type: wireType, repeated, resolvedType } of fields) {
      const field = declaration[name]
      const kinds = kindsOf[wireType]
      expect(field).toMatchObject({ number: id })
      expect(kinds ?? (repeated ? ['repeated', 'levels'] : [])).toContain(field?.kind)
      if (field?.kind === 'repeated') expectEveryField(field.inner, resolvedType as Type)
      if (field?.kind === 'levels') expect(Object.keys((resolvedType as Type).fieldsById)).toEqual(['1', '2'])
    }
  }

  it('name every field of the .proto files, so that none goes unchecked', () => {
    expectEveryField(pushDeclaration, wrapperType)
    for (const { field, shape } of pushReaders) {
      expectEveryField(shape.declaration, wrapperType.fieldsById[field]?.resolvedType as Type)
    }
  })

  it('hold all bodies there are for one of a kind', () => {
    const bodies = wrapperType.fieldsArray.filter((field) => field.partOf?.name === 'body')
    const numbers = bodies.map(({ id }) => id)
    const cases = Object.fromEntries(bodies.map(({ name, id }) => [name, id]))
    expect(pushDeclaration.body).toEqual({
      kind: 'oneOf',
      number: Math.min(...numbers),
      last: Math.max(...numbers),
      cases,
    })
  })
})

describe('the fast decoder', () => {
  it.each(pushReaders)('reads $channel as the reference does', { timeout }, (body) => {
    let [fast, reference] = [newParser(), newParser()]
    let read = 0
    for (let seed = firstSeed; seed < firstSeed + cases / 2; seed += 1) {
      if (seed % samplesBeforeRenewal === 0) [fast, reference] = [newParser(), newParser()]
      const bytes = sampleProto(pushWith(body), createRandom(seed))
      const parsed = fast.readFast(frameAmong(bytes))
      if (parsed === null) continue
      read += 1
      expectSame(parsed, reference.readReference(frameAmong(bytes)), bytes, seed)
    }
    // What it leaves to the reference are samples that lack a mandatory part.
    expect(read).toBeGreaterThan(cases / 8)
  })

  it.each(pushReaders)('reads a deviant $channel as the reference does, or not at all', { timeout }, (body) => {
    let [fast, reference] = [newParser(), newParser()]
    for (let seed = firstSeed; seed < firstSeed + cases / 2; seed += 1) {
      if (seed % samplesBeforeRenewal === 0) [fast, reference] = [newParser(), newParser()]
      const bytes = deviantProto(pushWith(body), createRandom(seed))
      const parsed = fast.readFast(frameAmong(bytes))
      if (parsed !== null) expectSame(parsed, reference.readReference(frameAmong(bytes)), bytes, seed)
    }
  })

  const ofInstruments = ['aggre.deals', 'aggre.depth', 'aggre.bookTicker', 'bookTicker.batch', 'kline'] as const

  it.each(ofInstruments)(
    'reads a push of %s that begins as one before as the reference does, whatever bit of it is turned over',
    (name) => {
      const [fast, reference] = [newParser(), newParser()]
      const whole = sampleFrame(name)
      expect(fast.readFast(frameAmong(whole))).not.toBeNull()
      for (let bit = 0; bit < whole.length * 8; bit += 1) {
        const bytes = Buffer.from(whole)
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
        const parsed = fast.readFast(frameAmong(bytes))
        if (parsed !== null) expectSame(parsed, reference.readReference(frameAmong(bytes)), bytes, bit)
      }
      expectSame(fast.readFast(frameAmong(whole)) ?? [], reference.readReference(frameAmong(whole)), whole, 0)
    },
  )

  it.each(ofInstruments)(
    'leaves a push of %s to the reference that begins as one before and then names a stream or a symbol again',
    (name) => {
      const fast = newParser()
      const whole = sampleFrame(name)
      expect(fast.readFast(frameAmong(whole))).not.toBeNull()
      const nameEnd = 2 + (whole[1] as number)
      const symbolEnd = nameEnd + 2 + (whole[nameEnd + 1] as number)
      for (const again of [whole.subarray(0, nameEnd), whole.subarray(nameEnd, symbolEnd)]) {
        const bytes = Buffer.concat([whole, again])
        expect(fast.readFast(frameAmong(bytes))).toBeNull()
        expect(fast.readReference(frameAmong(bytes))).toMatchObject({ data: { code: 'ERR_MALFORMED_FRAME' } })
      }
      expect(fast.readFast(frameAmong(whole))).not.toBeNull()
    },
  )

  it('drops the same repeats as the reference, whichever of the two reads a quote', { timeout }, () => {
    const parser = newParser(true)
    const reference = newParser(true)
    const random = createRandom(firstSeed)
    const pool: Buffer[] = []
    let dropped = 0
    for (let seed = firstSeed; seed < firstSeed + cases; seed += 1) {
      const generate = random() < 0.7 ? sampleProto : deviantProto
      if (random() < 0.3) pool[Math.floor(random() * 10)] = generate(pushWith(randomItem(random, quoteBodies)), random)
      const bytes = randomItem(random, [...pool.filter(Boolean), sampleFrame('aggre.bookTicker')])
      const parsed = parser.parse(frameAmong(bytes))
      expectSame(parsed, reference.readReference(frameAmong(bytes)), bytes, seed)
      if (Array.isArray(parsed) && parsed.length === 0) dropped += 1
    }
    expect(dropped).toBeGreaterThan(cases / 20)
    expect([...parser.fallbacks.keys()].sort()).toEqual(quoteBodies.map(({ channel }) => channel).sort())
  })

  it.each(sampleFrames.filter(({ name }) => names.includes(name)))('reads the sample of $name', ({ hex }) => {
    const frame = frameOf(Buffer.from(hex, 'hex'), 9)
    expect(newParser().readFast(frame)).toStrictEqual(newParser().readReference(frame))
  })

  it.each(sampleFrames.filter(({ name }) => !names.includes(name)))('leaves $name to the reference', ({ hex }) => {
    const fast = newParser()
    expect(fast.readFast(frameOf(Buffer.from(hex, 'hex')))).toBeNull()
    expect(fast.fallbacks).toEqual(new Map())
  })

  it('reads all tickers but for those of unknown pairs, which it reports', () => {
    const items = ['BTCUSDT', 'FOOXYZ', '龙虾USDC'].map((symbol) => ({ symbol, price: '1' }))
    const frame = frameOf(encodeIndependently({ channel: allTickers, sendTime: '5', publicMiniTickers: { items } }), 9)
    const parsed = newParser().readFast(frame)
    expect(parsed).toHaveLength(3)
    expect(parsed).toStrictEqual(newParser().readReference(frame))
  })

  it.each([
    ['no time from a send time of zero', '2805', '3000', null],
    ['the time of creation where there is no send time', '2805', '', 5],
    ['the send time where there are both', '2805', '3007', 7],
  ])('takes %s', (_what, createTime, sendTime, exchangeTime) => {
    const times = Buffer.from(createTime + sendTime, 'hex')
    const body = sampleFrame('miniTicker')
    const sent = body.indexOf(Buffer.from('30b8e7eab6b733', 'hex'))
    const frame = frameOf(Buffer.concat([body.subarray(0, sent), times, body.subarray(sent + 7)]))
    expect(newParser().readFast(frame)).toMatchObject({ exchangeTime })
    expect(newParser().readReference(frame)).toMatchObject({ exchangeTime })
  })
})

describe('fallbacks', () => {
  function countAfter(...frames: readonly Buffer[]): ReadonlyMap<string, number> {
    const parser = newParser()
    for (const frame of frames) parser.parse(frameOf(frame))
    return parser.fallbacks
  }

  it('are counted by wire channel', () => {
    const quote = { bidPrice: '1e3', bidQuantity: '1', askPrice: '2', askQuantity: '1' }
    const exponent = encodeIndependently({
      channel: 'spot@public.aggre.bookTicker.v3.api.pb@100ms@BTCUSDT',
      symbol: 'BTCUSDT',
      publicAggreBookTicker: quote,
    })
    const unsplittable = encodeIndependently({ symbol: 'FOOXYZ', publicSpotKline: {} })
    const cutOff = sampleFrame('aggre.depth').subarray(0, -1)
    expect(countAfter(exponent, sampleFrame('aggre.bookTicker'), exponent, unsplittable, cutOff)).toEqual(
      new Map([
        ['aggre.bookTicker', 2],
        ['kline', 1],
        ['aggre.depth', 1],
      ]),
    )
  })

  it('are none where every push is as declared', () => {
    expect(countAfter(...sampleFrames.map(({ hex }) => Buffer.from(hex, 'hex')))).toEqual(new Map())
  })

  it('are not counted for bytes that name no channel, text, or a body MEXC may add', () => {
    const unknownBody = Buffer.from('0a0178e2130101', 'hex')
    expect(countAfter(Buffer.from('ffff', 'hex'), Buffer.alloc(0), unknownBody)).toEqual(new Map())
  })
})

/** Recorded traffic lies beside the repository, not in it. */
const capture = fileURLToPath(new URL('../../../../shared/captures/mexc-spot/pb-captures.jsonl', import.meta.url))

describe.skipIf(!existsSync(capture))('recorded pushes', () => {
  it('are all read fast, as the reference reads them', async () => {
    const { frames } = await readCapture(capture)
    const pushes = frames.map(({ content }) => frameOf(content, 9)).filter(({ isBinary }) => isBinary)
    expect(pushes.length).toBeGreaterThan(0)
    for (const push of pushes) expect(newParser().readFast(push)).toStrictEqual(newParser().readReference(push))
  })
})
