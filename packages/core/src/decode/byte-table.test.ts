import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteTable } from './byte-table.js'

const bytesOf = (text: string): Buffer => Buffer.from(`xx${text}yy`)

function lookUp<Value>(table: ByteTable<Value>, text: string): Value | undefined {
  const bytes = bytesOf(text)
  return table.get(bytes, 2, bytes.length - 2)
}

describe('ByteTable', () => {
  test('tells texts apart by their bytes, however many there are', () => {
    const table = new ByteTable<number>()
    for (let index = 0; index < 1_000; index += 1) table.set(`SYM${index}_USDT`, index)
    expect(table.size).toBe(1_000)
    for (let index = 0; index < 1_000; index += 1) expect(lookUp(table, `SYM${index}_USDT`)).toBe(index)
    expect(lookUp(table, 'SYM1_USD')).toBeUndefined()
    expect(lookUp(table, '')).toBeUndefined()
  })

  test('keeps what was set last', () => {
    const table = new ByteTable<string>()
    table.set('ÉÜ', 'first')
    table.set('ÉÜ', 'second')
    expect(table.size).toBe(1)
    expect(lookUp(table, 'ÉÜ')).toBe('second')
  })

  test('tells apart long texts that differ only where no word of the hash looks', () => {
    const table = new ByteTable<number>()
    table.set('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 1)
    table.set('ABCDE-GHIJKLMNOPQRSTUVWXYZ', 2)
    expect(lookUp(table, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')).toBe(1)
    expect(lookUp(table, 'ABCDE-GHIJKLMNOPQRSTUVWXYZ')).toBe(2)
    expect(lookUp(table, 'ABCDEFGHIJKLMNOPQRST-VWXYZ')).toBeUndefined()
  })

  test('is a map of texts, however alike they are', () => {
    const part = fc.constantFrom('', '\0', '1', 'A', 'BTC', '1000', '_USDT', 'ABCDEFGH')
    const text = fc.tuple(part, part, part, part, part).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.array(text, { maxLength: 300 }), fc.array(text), (known, others) => {
        const table = new ByteTable<number>()
        const map = new Map<string, number>()
        for (const [index, each] of known.entries()) {
          table.set(each, index)
          map.set(each, index)
        }
        expect(table.size).toBe(map.size)
        for (const each of [...known, ...others]) expect(lookUp(table, each)).toBe(map.get(each))
      }),
    )
  })
})
