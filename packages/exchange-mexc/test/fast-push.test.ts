import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import {
  deviantProto,
  frameOf,
  type InboundFrame,
  type ParsedMessage,
  type ProtoDeclaration,
  protoMessage,
  sampleProto,
} from '@tapewire/core'
import { createRandom, randomItem, readCapture } from '@tapewire/testkit'
import type { Type } from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { MexcMessageParser } from '../src/parser.js'
import { FastPush, fastBodies, pushDeclaration } from '../src/parsers/fast-push.js'
import { ReferencePush } from '../src/parsers/reference-push.js'
import { UnchangedQuotes } from '../src/parsers/unchanged-quotes.js'
import { createSymbolTable } from '../src/symbols.js'
import { sampleFrame, sampleFrames } from './fixtures/sample-frames.js'
import { encodeIndependently, wrapperType } from './support/independent-codec.js'

/** `TAPEWIRE_FUZZ_CASES=1000000` runs more of them; `TAPEWIRE_FUZZ_SEED` begins with another case, or repeats the one that failed. */
const cases = Number(process.env.TAPEWIRE_FUZZ_CASES ?? 2_000)
const firstSeed = Number(process.env.TAPEWIRE_FUZZ_SEED ?? 1)
const timeout = 60_000 + cases

type Parsed = ParsedMessage | readonly ParsedMessage[]

const names = fastBodies.map(({ channel }) => channel)
const quoteBodies = fastBodies.filter(({ isQuote }) => isQuote)

/** A push with this one body, as the declarations have it. */
function pushWith({ field, shape }: (typeof fastBodies)[number]): ProtoDeclaration {
  return { ...pushDeclaration, body: protoMessage(field, shape.declaration) }
}

/** A frame in the middle of other bytes. */
function frameAmong(bytes: Buffer): InboundFrame {
  const chunk = Buffer.concat([Buffer.from('70'), bytes, Buffer.from('07')])
  return { ...frameOf(chunk, 9), start: 2, end: 2 + bytes.length }
}

function newFast(quotes: UnchangedQuotes | null = null): FastPush {
  return new FastPush(createSymbolTable(), quotes)
}

function newReference(quotes: UnchangedQuotes | null = null): ReferencePush {
  return new ReferencePush(createSymbolTable(), quotes)
}

/** Outside of `expect`, which is too slow to be asked for each case. */
function expectSame(actual: Parsed, expected: Parsed, bytes: Buffer, seed: number): void {
  if (!isDeepStrictEqual(actual, expected)) {
    expect(actual, `seed ${seed}: ${bytes.toString('hex')}`).toStrictEqual(expected)
  }
}

describe('declarations', () => {
  /** Names, numbers and types as the definitions have them. */
  function expectEveryField(declaration: ProtoDeclaration, type: Type): void {
    const fields = type.fieldsArray.filter((field) => field.partOf?.name !== 'body')
    expect(Object.keys(declaration).filter((name) => name !== 'body')).toEqual(fields.map(({ name }) => name))
    for (const { name, id, type: wireType, repeated, resolvedType } of fields) {
      const field = declaration[name]
      const kinds = { string: ['decimal', 'digits', 'text'], int32: ['integer'], int64: ['integer'] }[wireType]
      expect(field).toMatchObject({ number: id })
      expect(kinds ?? (repeated ? ['repeated', 'levels'] : [])).toContain(field?.kind)
      if (field?.kind === 'repeated') expectEveryField(field.inner, resolvedType as Type)
      if (field?.kind === 'levels') expect(Object.keys((resolvedType as Type).fieldsById)).toEqual(['1', '2'])
    }
  }

  it('name every field of the .proto files, so that none goes unchecked', () => {
    expectEveryField(pushDeclaration, wrapperType)
    for (const { field, shape } of fastBodies) {
      expectEveryField(shape.declaration, wrapperType.fieldsById[field]?.resolvedType as Type)
    }
  })

  it('hold all bodies there are for one of a kind', () => {
    const bodies = wrapperType.fieldsArray.filter((field) => field.partOf?.name === 'body').map(({ id }) => id)
    expect(pushDeclaration.body).toMatchObject({ number: Math.min(...bodies), last: Math.max(...bodies) })
  })
})

describe('the fast decoder', () => {
  it.each(fastBodies)('reads $channel as the reference does', { timeout }, (body) => {
    const fast = newFast()
    const reference = newReference()
    let read = 0
    for (let seed = firstSeed; seed < firstSeed + cases / 2; seed += 1) {
      const bytes = sampleProto(pushWith(body), createRandom(seed))
      const parsed = fast.read(frameAmong(bytes))
      if (parsed === null) continue
      read += 1
      expectSame(parsed, reference.read(frameAmong(bytes)), bytes, seed)
    }
    // What it leaves to the reference are samples that lack a mandatory part.
    expect(read).toBeGreaterThan(cases / 8)
  })

  it.each(fastBodies)('reads a deviant $channel as the reference does, or not at all', { timeout }, (body) => {
    const fast = newFast()
    const reference = newReference()
    for (let seed = firstSeed; seed < firstSeed + cases / 2; seed += 1) {
      const bytes = deviantProto(pushWith(body), createRandom(seed))
      const parsed = fast.read(frameAmong(bytes))
      if (parsed !== null) expectSame(parsed, reference.read(frameAmong(bytes)), bytes, seed)
    }
  })

  it('drops the same repeats as the reference, whichever of the two reads a quote', { timeout }, () => {
    const options = { symbols: createSymbolTable(), suppressDuplicateQuotes: true }
    const parser = new MexcMessageParser(options)
    const reference = newReference(new UnchangedQuotes())
    const random = createRandom(firstSeed)
    const pool: Buffer[] = []
    let dropped = 0
    for (let seed = firstSeed; seed < firstSeed + cases; seed += 1) {
      const generate = random() < 0.7 ? sampleProto : deviantProto
      if (random() < 0.3) pool[Math.floor(random() * 10)] = generate(pushWith(randomItem(random, quoteBodies)), random)
      const bytes = randomItem(random, [...pool.filter(Boolean), sampleFrame('aggre.bookTicker')])
      const parsed = parser.parse(frameAmong(bytes))
      expectSame(parsed, reference.read(frameAmong(bytes)), bytes, seed)
      if (Array.isArray(parsed) && parsed.length === 0) dropped += 1
    }
    expect(dropped).toBeGreaterThan(cases / 10)
    expect([...parser.fallbacks.keys()].sort()).toEqual(quoteBodies.map(({ channel }) => channel).sort())
  })

  it.each(sampleFrames.filter(({ name }) => names.includes(name)))('reads the sample of $name', ({ hex }) => {
    const frame = frameOf(Buffer.from(hex, 'hex'), 9)
    expect(newFast().read(frame)).toStrictEqual(newReference().read(frame))
  })

  it.each(sampleFrames.filter(({ name }) => !names.includes(name)))('leaves $name to the reference', ({ hex }) => {
    const fast = newFast()
    expect(fast.read(frameOf(Buffer.from(hex, 'hex')))).toBeNull()
    expect(fast.fallbacks).toEqual(new Map())
  })

  it('reads all tickers but for those of unknown pairs, which it reports', () => {
    const items = ['BTCUSDT', 'FOOXYZ', '龙虾USDC'].map((symbol) => ({ symbol, price: '1' }))
    const frame = frameOf(encodeIndependently({ channel: 'all', sendTime: '5', publicMiniTickers: { items } }), 9)
    const parsed = newFast().read(frame)
    expect(parsed).toHaveLength(3)
    expect(parsed).toStrictEqual(newReference().read(frame))
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
    expect(newFast().read(frame)).toMatchObject({ exchangeTime })
    expect(newReference().read(frame)).toMatchObject({ exchangeTime })
  })
})

describe('fallbacks', () => {
  function countAfter(...frames: readonly Buffer[]): ReadonlyMap<string, number> {
    const parser = new MexcMessageParser({ symbols: createSymbolTable(), suppressDuplicateQuotes: false })
    for (const frame of frames) parser.parse(frameOf(frame))
    return parser.fallbacks
  }

  it('are counted by wire channel', () => {
    const quote = { bidPrice: '1e3', bidQuantity: '1', askPrice: '2', askQuantity: '1' }
    const exponent = encodeIndependently({ symbol: 'BTCUSDT', publicAggreBookTicker: quote })
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
    for (const push of pushes) expect(newFast().read(push)).toStrictEqual(newReference().read(push))
  })
})
