import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eachChanged, mapJson, readJson, scalar, writeJson } from './json-text.js'

describe('JSON as it stands in a frame', () => {
  it('is written as it was read', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const compact = JSON.stringify(JSON.parse(text))
        const node = readJson(compact)
        expect(node && writeJson(node)).toBe(compact)
      }),
    )
  })

  it('means the same in another order, and with spaces', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const node = readJson(text)
        if (node === null) throw new Error(text)
        expect(JSON.parse(writeJson(node, { isReversed: true, space: ' \n' }))).toEqual(JSON.parse(text))
      }),
    )
  })

  it('keeps the digits of numbers', () => {
    const text = '{"a":87500.10,"b":[9007199254740993123,1e-7,"x\\"y"]}'
    expect(writeJson(readJson(text) ?? scalar(null))).toBe(text)
  })

  it('is null where it is none', () => {
    expect(readJson('{"a":1')).toBeNull()
    expect(readJson('')).toBeNull()
  })

  it('is changed everywhere, or in one place at a time', () => {
    const node = readJson('{"a":1,"b":[2,{"c":3}]}') ?? scalar(null)
    const negated = mapJson(node, (one) => (one.kind === 'scalar' ? { ...one, text: `-${one.text}` } : one))
    expect(writeJson(negated)).toBe('{"a":-1,"b":[-2,{"c":-3}]}')
    expect([...eachChanged(node, () => null)].map((one) => writeJson(one))).toEqual([
      '{"b":[2,{"c":3}]}',
      '{"a":1}',
      '{"a":1,"b":[{"c":3}]}',
      '{"a":1,"b":[2]}',
      '{"a":1,"b":[2,{}]}',
    ])
  })
})
