import { protoDecimal, protoInteger, protoLevels, protoMessage, protoText } from '@tapewire/core/adapter'
import { sampleProto } from '@tapewire/core/testing'
import { describe, expect, it } from 'vitest'
import type { CaptureFrame } from '../capture/capture-record.js'
import { createRandom } from '../random.js'
import type { DraftedKind } from './draft.js'
import { draftFromCapture } from './draft-from-capture.js'

const at = 1_767_225_600_000
const received = (content: string | Buffer): Pick<CaptureFrame, 'dir' | 'content' | 't'> => ({
  dir: 'in',
  content,
  t: at,
})
const sent = (content: string): Pick<CaptureFrame, 'dir' | 'content' | 't'> => ({ dir: 'out', content, t: at })

/** An exchange that does not exist, in the manner of several that do. */
const session = [
  sent('{"op":"login","id":1,"apiKey":"hush1","sign":"hush2"}'),
  received('{"id":1,"code":0,"msg":""}'),
  sent('{"op":"subscribe","id":2,"args":["trades.BTC-USDT","books.BTC-USDT"]}'),
  received('{"id":2,"code":0,"msg":"ok"}'),
  received(
    '{"topic":"trades.BTC-USDT","ts":1767225600123,"data":[{"i":"7001","p":"87500.1","v":"0.4","S":"buy","T":1767225600120}]}',
  ),
  received(
    '{"topic":"trades.ETH-USDT","ts":1767225600124,"data":[{"i":"7002","p":"3000","v":"1","S":"sell","T":1767225600121,"block":true}]}',
  ),
  received(
    '{"topic":"books.BTC-USDT","ts":1767225600125,"type":"snapshot","data":{"seq":41000001,"bids":[["87500.0","1"],["87499","2"],["87498","3"]],"asks":[]}}',
  ),
  received(
    '{"topic":"books.BTC-USDT","ts":1767225600126,"type":"delta","data":{"seq":41000002,"bids":[],"asks":[["87501","0"]]}}',
  ),
  received(
    '{"topic":"funding.BTC-USDT-SWAP","ts":1767225600127,"data":{"rate":0.0001,"next":1767254400,"uid":"7000001"}}',
  ),
  sent('ping'),
  received('pong'),
  received('{"pong":1767225600128}'),
  received('{"event":"error","code":404,"msg":"no such topic"}'),
  received(Buffer.from([0, 0])),
  received('[1,2]'),
]

const draft = draftFromCapture(session)
const kind = (name: string): DraftedKind => draft.kinds.find((candidate) => candidate.name === name) as DraftedKind
const field = (name: string, path: string): unknown => kind(name).fields.find((candidate) => candidate.path === path)

describe('a draft', () => {
  it('tells frames apart by what they say they are, whatever the market', () => {
    expect(draft.kinds.map(({ name, role, frames }) => [name, role, frames])).toEqual([
      ['trades', 'data', 2],
      ['books-snapshot', 'data', 1],
      ['books-delta', 'data', 1],
      ['funding', 'data', 1],
      ['answer', 'answer', 2],
      ['pong', 'pong', 1],
      ['error', 'error', 1],
      ['login', 'request', 1],
      ['subscribe', 'request', 1],
    ])
    expect(kind('trades').marks).toEqual([{ path: 'topic', value: 'trades.*' }])
  })

  it('says why a kind is taken for control', () => {
    expect(kind('answer').reason).toBe('it carries the id of a request')
    expect(kind('pong').reason).toBe('a field says pong')
    expect(kind('error').reason).toBe('event says error')
  })

  it('finds times with their unit, markets, ids and sides, and says what speaks against it', () => {
    expect(field('trades', 'ts')).toMatchObject({ role: 'time', unit: 'ms', doubts: [] })
    expect(field('trades', 'topic')).toMatchObject({ role: 'symbol', doubts: ['It holds more than the market.'] })
    expect(field('trades', 'data[].S')).toMatchObject({ role: 'side', doubts: [] })
    expect(field('trades', 'data[].T')).toMatchObject({ role: 'time', unit: 'ms' })
    expect(field('books-delta', 'data.seq')).toMatchObject({ role: 'sequence', part: { kind: 'integer' } })
    expect(field('funding', 'data.next')).toMatchObject({
      role: 'time',
      unit: 's',
      doubts: ['Only its value looks like a time: its name does not.'],
    })
  })

  it('declares what is absent now and then as optional, and levels as levels', () => {
    expect(field('trades', 'data[].block')).toMatchObject({ part: { kind: 'optional', part: { kind: 'flag' } } })
    expect(field('books-snapshot', 'data.bids')).toMatchObject({
      part: { kind: 'levels', notation: 'quoted' },
      doubts: [],
    })
    expect(field('books-snapshot', 'data.asks')).toMatchObject({
      part: { kind: 'levels' },
      doubts: ['It was empty each time: only its name says that it holds levels.'],
    })
  })

  it('says of a kind that was seen once that it was', () => {
    expect(kind('funding').doubts).toEqual(['It was seen once: what may be absent, null or otherwise cannot be told.'])
  })

  it('knows the spellings of markets, the most frequent first', () => {
    expect(draft.spellings).toEqual([
      { form: 'BASE-QUOTE', seen: 6, samples: ['BTC-USDT', 'ETH-USDT'] },
      { form: 'BASE-QUOTE-SWAP', seen: 1, samples: ['BTC-USDT-SWAP'] },
    ])
  })

  it('counts what it does not read, and says why not', () => {
    expect(draft.unread).toEqual([
      { reason: 'no JSON', frames: 2 },
      { reason: 'binary, and no protobuf message', frames: 1 },
      { reason: 'JSON that is no object, for which there is no declaration', frames: 1 },
    ])
  })

  it('has samples that are short, and keep no secret', () => {
    const samples = draft.kinds.flatMap((one) => one.samples).join('\n')
    expect(samples).not.toMatch(/hush|7000001/)
    expect(kind('books-snapshot').samples).toEqual([
      '{"topic":"books.BTC-USDT","ts":1767225600125,"type":"snapshot","data":{"seq":41000001,"bids":[["87500.0","1"],["87499","2"]],"asks":[]}}',
    ])
  })

  it('splits a kind whose payload has two forms that exclude each other', () => {
    const { kinds } = draftFromCapture([
      received('{"channel":"deal","data":{"p":1.5}}'),
      received('{"channel":"deal","data":[{"p":1.5}]}'),
    ])
    expect(kinds.map(({ name, doubts }) => [name, doubts.at(-1)])).toEqual([
      ['deal', 'Frames that say the same of themselves have another form: which holds when is not to be seen.'],
      ['deal-form-2', 'Frames that say the same of themselves have another form: which holds when is not to be seen.'],
    ])
  })

  it.each([
    ['BTC_USDT', 'BASE_QUOTE'],
    ['BTCUSDT', 'BASEQUOTE'],
    ['btcusdt', 'basequote'],
    ['BTC/USD', 'BASE/QUOTE'],
    ['BTC-USDT-SWAP', 'BASE-QUOTE-SWAP'],
    ['BTC_USD_20261225', 'BASE_QUOTE_DATE'],
  ])('reads %s as %s', (market, form) => {
    const { spellings } = draftFromCapture([received(JSON.stringify({ s: market }))])
    expect(spellings).toEqual([{ form, seen: 1, samples: [market] }])
  })

  it('takes the name of a stream for what a frame is, whatever the field is called', () => {
    const { kinds } = draftFromCapture([
      received('{"c":"spot@public.deals.v3.api@BTCUSDT","d":{"p":"1.5"}}'),
      received('{"c":"spot@public.deals.v3.api@ETHUSDT","d":{"p":"2.5"}}'),
      received('{"c":"spot@public.book.v3.api@BTCUSDT","d":{"p":"1.5"}}'),
    ])
    expect(kinds.map(({ marks, frames }) => [marks, frames])).toEqual([
      [[{ path: 'c', value: 'spot@public.deals.v3.api@*' }], 2],
      [[{ path: 'c', value: 'spot@public.book.v3.api@*' }], 1],
    ])
  })

  it('declares a list whose places differ as a tuple', () => {
    const { kinds } = draftFromCapture([
      received('{"method":"depth.update","params":[true,{"bids":[["1.5","2"]]},"BTC_USDT"],"id":null}'),
      received('{"method":"depth.update","params":[false,{"asks":[["1.6","2"]],"bids":[]},"ETH_USDT"],"id":null}'),
    ])
    expect(kinds[0]?.fields.map(({ path, role }) => [path, role])).toEqual([
      ['method', null],
      ['params', null],
      ['params.0', null],
      ['params.1', null],
      ['params.1.asks', null],
      ['params.1.bids', null],
      ['params.2', 'symbol'],
      ['id', null],
    ])
    expect(kinds[0]?.declaration).toMatchObject({ params: { kind: 'tuple' } })
  })

  it('reads binary frames as protobuf, by wire type and content', () => {
    const field = (number: number, content: Buffer): Buffer =>
      Buffer.concat([Buffer.from([number * 8 + 2, content.length]), content])
    const level = (price: string): Buffer => Buffer.concat([field(1, Buffer.from(price)), field(2, Buffer.from('0.5'))])
    const push = (price: string): Buffer =>
      Buffer.concat([
        field(1, Buffer.from('trades@BTCUSDT')),
        Buffer.from([16, 129, 1]),
        field(3, Buffer.concat([field(1, level(price)), field(1, level('7'))])),
      ])
    const { messages } = draftFromCapture([received(push('1.5')), received(push('2.5'))])
    expect(messages).toEqual([
      {
        numbers: [1, 2, 3],
        frames: 2,
        fields: [
          {
            path: '1',
            word: 'protoText(1)',
            role: 'symbol',
            unit: null,
            seen: 2,
            doubts: ['It holds more than the market.'],
          },
          { path: '2', word: 'protoInteger(2)', role: null, unit: null, seen: 2, doubts: [] },
          {
            path: '3',
            word: 'protoMessage(3, {…})',
            role: null,
            unit: null,
            seen: 2,
            doubts: ['It came once each time; it may come more often.'],
          },
          {
            path: '3.1',
            word: 'protoLevels(1)',
            role: null,
            unit: null,
            seen: 4,
            doubts: ['It is taken for levels because it holds pairs of numbers.'],
          },
        ],
      },
    ])
  })

  it('finds the fields of what a protobuf declaration samples, each by a word that reads it', () => {
    const declaration = {
      name: protoText(1, 'trades'),
      time: protoInteger(2, 5),
      body: protoMessage(3, { price: protoDecimal(1), bids: protoLevels(4) }),
    }
    const random = createRandom(7)
    const samples = Array.from({ length: 200 }, () => received(sampleProto(declaration, random)))
    const fields = draftFromCapture(samples).messages.flatMap((message) => message.fields)
    const words = new Set(fields.map(({ path, word }) => `${path} ${word}`))
    expect(words).toContain('1 protoText(1)')
    expect(words).toContain('2 protoInteger(2)')
  })

  it('looks at the first 5,000 frames of a kind, however long the recording is', () => {
    const frame = received('{"topic":"t","v":1}')
    const { kinds } = draftFromCapture([
      ...Array.from({ length: 5_000 }, () => frame),
      received('{"topic":"t","v":"x"}'),
    ])
    expect(kinds).toMatchObject([
      {
        frames: 5_001,
        doubts: ['Only the first 5000 of its frames were looked at.'],
        fields: [{}, { part: { kind: 'decimal' } }],
      },
    ])
  })

  it('has nothing to say where there are no frames', () => {
    expect(draftFromCapture([])).toEqual({ kinds: [], messages: [], spellings: [], unread: [] })
  })
})
