import { parseInstrument } from '@tapewire/core'
import { createStream, protoShape, type Source, type WireSymbol } from '@tapewire/core/adapter'
import { describe, expect, it } from 'vitest'
import { composePush, type PushContent } from '../testing/replies.js'
import { PushHeads } from './push-heads.js'
import { WireChannel } from './wire-channel.js'

const trades = new WireChannel('spot@public.aggre.deals.v3.api.pb', 'last')

function streamOf(base: string) {
  const wireSymbol = `${base}USDT` as WireSymbol
  return createStream({
    id: trades.streamName(wireSymbol, '100ms'),
    channels: ['trades'],
    instrument: parseInstrument(`${base}/USDT`),
    params: {},
    wireChannel: trades.name,
    wireSymbol,
  })
}

/** A push among other bytes, and where it starts. */
function push(name: string, symbol: string): { source: Source; start: number; end: number } {
  const content: PushContent = { symbol, body: { $case: 'publicAggreDeals', value: { deals: [], eventType: 'e' } } }
  const bytes = Buffer.concat([Buffer.from('before'), composePush(name, content), Buffer.from('behind')])
  return { source: protoShape({}).open(bytes), start: 6, end: bytes.length - 6 }
}

function learned(heads: PushHeads, base: string): ReturnType<typeof push> & { stream: ReturnType<typeof streamOf> } {
  const stream = streamOf(base)
  const one = push(stream.id, `${base}USDT`)
  heads.learn(one.source, one.start, one.end, stream, trades)
  return { ...one, stream }
}

describe('the beginnings of pushes', () => {
  it('are known by their bytes, wherever they stand', () => {
    const heads = new PushHeads()
    const { source, start, end, stream } = learned(heads, 'BTC')
    const head = heads.find(source, start, end)
    expect(head).toMatchObject({ wireChannel: trades, nameStart: 2, nameEnd: 2 + stream.id.length })
    expect(head?.stream).toBe(stream)
    expect(source.bytes.toString('utf8', start, start + (head?.length ?? 0))).toMatch(/BTCUSDT$/)
    const elsewhere = Buffer.concat([Buffer.alloc(3), source.bytes.subarray(start, end)])
    expect(heads.find(protoShape({}).open(elsewhere), 3, elsewhere.length)).toBe(head)
  })

  it('are not known where any bit of them differs, or they are cut off', () => {
    const heads = new PushHeads()
    const { source, start, end } = learned(heads, 'BTC')
    const length = heads.find(source, start, end)?.length ?? 0
    for (let bit = 0; bit < length * 8; bit += 1) {
      const place = start + (bit >> 3)
      const whole = source.bytes[place] as number
      source.bytes[place] = whole ^ (1 << (bit & 7))
      expect(heads.find(source, start, end)).toBeNull()
      source.bytes[place] = whole
    }
    for (let cut = start; cut < start + length; cut += 1) expect(heads.find(source, start, cut)).toBeNull()
    expect(heads.find(source, start, start + length)).not.toBeNull()
  })

  it('are told apart, however many there are', () => {
    const heads = new PushHeads()
    const all = Array.from({ length: 1_000 }, (_, index) => learned(heads, `A${String(index).padStart(3, '0')}`))
    for (const { source, start, end, stream } of all) expect(heads.find(source, start, end)?.stream).toBe(stream)
  })

  it('are learned only where they are the name and the symbol of the stream', () => {
    const heads = new PushHeads()
    const stream = streamOf('BTC')
    for (const [name, symbol] of [
      [stream.id, 'ETHUSDT'],
      [stream.id.replace('100ms', '10ms'), 'BTCUSDT'],
      [`${stream.id}@${'x'.repeat(80)}`, 'BTCUSDT'],
    ] as const) {
      const { source, start, end } = push(name, symbol)
      heads.learn(source, start, end, stream, trades)
      expect(heads.find(source, start, end)).toBeNull()
    }
  })
})
