import { describe, expect, it } from 'vitest'
import type { CaptureFrame } from '../capture/capture-record.js'
import type { DraftedKind } from './draft.js'
import { draftFromCapture } from './draft-from-capture.js'

const at = 1_795_726_331_028
const received = (frame: object): Pick<CaptureFrame, 'dir' | 'content' | 't'> => ({
  dir: 'in',
  content: JSON.stringify(frame),
  t: at,
})
const sent = (frame: object): Pick<CaptureFrame, 'dir' | 'content' | 't'> => ({ ...received(frame), dir: 'out' })

const markets = ['BTCUSDT', 'ETHUSDT'] as const

/** An exchange that writes everything as text, and names its streams by paths. */
const session = [
  sent({ rid: '7', do: 'watch', topics: ['md/BTCUSDT/depth', 'md/ETHUSDT/fills'] }),
  received({ rid: '7', ok: ['md/BTCUSDT/depth'], bad: [{ topic: 'md/ETHUSDT/fills', why: 'unknown' }] }),
  sent({ rid: '8', do: 'watch', topics: ['md/ETHUSDT/fills'] }),
  received({ rid: '8', ok: ['md/ETHUSDT/fills'], bad: [] }),
  ...[1, 2, 3].flatMap((count) => [
    received({ ping: String(at + count * 20_000) }),
    sent({ pong: String(at + count * 20_000) }),
    ...markets.flatMap((market) => [
      received({
        topic: `md/${market}/depth`,
        at: String(at + count),
        kind: count === 1 ? 'full' : 'diff',
        top: ['97000.10', '0.5', '97000.20', '0.25'],
        data: { b: [['97000.10', '0.5']], a: [] },
      }),
      received({
        topic: `md/${market}/fills`,
        at: String(at + count),
        data: [['88001', '97000.10', '0.5', count === 2 ? 'S' : 'B']],
      }),
    ]),
  ]),
]

const draft = draftFromCapture(session)
const kind = (name: string): DraftedKind => draft.kinds.find((candidate) => candidate.name === name) as DraftedKind
const field = (name: string, path: string): unknown => kind(name).fields.find((candidate) => candidate.path === path)

describe('a draft of an exchange whose streams are paths', () => {
  it('has a kind for each channel, and one for all pings, and names none by a value that varies', () => {
    expect(draft.kinds.map(({ name, role, frames }) => [name, role, frames])).toEqual([
      ['md-depth', 'data', 6],
      ['md-fills', 'data', 6],
      ['answer', 'answer', 2],
      ['ping', 'ping', 3],
      ['watch', 'request', 2],
      ['pong', 'request', 3],
    ])
    expect(kind('md-depth').marks).toEqual([{ path: 'topic', value: 'md/*/depth' }])
  })

  it('knows an answer by the id that it echoes, whatever the field is called', () => {
    expect(kind('answer').reason).toBe('it carries the id of a request')
  })

  it('takes no field for an id of requests that data has too', () => {
    const { kinds } = draftFromCapture([
      sent({ v: 3, method: 'watch' }),
      ...[1, 2, 3, 4].map((price) => received({ v: 3, price })),
    ])
    expect(kinds[0]?.role).toBe('data')
  })

  it('finds how markets are spelled in the names of streams, of requests too', () => {
    expect(draft.spellings).toEqual([{ form: 'BASEQUOTE', seen: 18, samples: ['BTCUSDT', 'ETHUSDT'] }])
  })

  it('finds a market that has the separator of the path in it', () => {
    const { kinds, spellings } = draftFromCapture([
      received({ topic: 'MD/BTC/USDT/depth', p: 1.5 }),
      received({ topic: 'MD/ETH/USDT/depth', p: 1.5 }),
    ])
    expect(kinds.map(({ marks }) => marks)).toEqual([[{ path: 'topic', value: 'MD/*/depth' }]])
    expect(spellings.map(({ form }) => form)).toEqual(['BASE/QUOTE'])
  })

  it('tells frames that bear numbers or ids in their names not apart by these', () => {
    const { kinds } = draftFromCapture([
      received({ stream: 'user/70000017/orders', p: 1.5 }),
      received({ stream: 'user/70000018/orders', p: 1.5 }),
      received({ stream: '5b0c7a52-7f6e-4c9f-8d3b-0a1b2c3d4e5f', p: 1.5 }),
      received({ stream: '6b0c7a52-7f6e-4c9f-8d3b-0a1b2c3d4e5f', p: 1.5 }),
    ])
    expect(kinds.map(({ marks, frames }) => [marks, frames])).toEqual([
      [[{ path: 'stream', value: 'user/*/orders' }], 2],
      [[], 2],
    ])
  })

  it('declares plain values of constant length as a tuple', () => {
    expect(field('md-depth', 'top')).toMatchObject({
      part: { kind: 'tuple', elements: { e0: { kind: 'decimal' }, e3: { kind: 'decimal' } } },
      doubts: ['It had 4 items each time, which are taken for fields.'],
    })
  })

  it('leaves lists of constant length whole in its samples', () => {
    expect(kind('md-depth').samples[0]).toContain('"top":["97000.10","0.5","97000.20","0.25"]')
    expect(kind('md-fills').samples[0]).toContain('"data":[["88001","97000.10","0.5","B"]]')
  })

  it('declares short texts of which few were seen as a choice, and says that there may be more', () => {
    expect(field('md-depth', 'kind')).toMatchObject({
      part: { kind: 'choice', texts: ['full', 'diff'] },
      doubts: ['There may be more than the 2 that were seen.'],
    })
    expect(field('md-fills', 'data[].3')).toMatchObject({ role: 'side', part: { kind: 'choice', texts: ['B', 'S'] } })
  })

  it('takes no assets for a choice', () => {
    const { kinds } = draftFromCapture(
      [...'abcdefgh'].flatMap(() => [received({ of: 'BTC', p: 1 }), received({ of: 'SOL', p: 1 })]),
    )
    expect(kinds[0]?.declaration).toMatchObject({ of: { kind: 'text' } })
  })
})
