import { describe, expect, it } from 'vitest'
import { delimitedField, eachFieldChanged, fieldStarts, unknownFields, varintField } from './protobuf-bytes.js'

describe('the fields of a protobuf message', () => {
  it('are found from the first byte to the last', () => {
    const bytes = Buffer.from([0x08, 0x96, 0x01, 0x12, 0x02, 0x68, 0x69, 0x1d, 1, 2, 3, 4])
    expect(fieldStarts(bytes)).toEqual([0, 3, 7])
  })

  it('are none in text, in what is cut off, and in compressed bytes', () => {
    expect(fieldStarts(Buffer.from('{"a":1}'))).toBeNull()
    expect(fieldStarts(Buffer.from([0x12, 0x05, 0x68]))).toBeNull()
    expect(fieldStarts(Buffer.from([0x1f, 0x8b, 0x08, 0x00]))).toBeNull()
  })

  it('are still a message with one that nobody knows', () => {
    for (const field of unknownFields())
      expect(fieldStarts(Buffer.concat([Buffer.from([0x08, 1]), field]))).toEqual([0, 2])
  })

  it('are changed one by one, those of a message inside it too, whose length follows', () => {
    const bytes = Buffer.concat([
      varintField(1, 300),
      delimitedField(2, Buffer.concat([varintField(3, 1), varintField(4, 2)])),
    ])
    const without = [...eachFieldChanged(bytes, () => [Buffer.alloc(0)])]
    expect(without).toEqual([
      delimitedField(2, Buffer.concat([varintField(3, 1), varintField(4, 2)])),
      varintField(1, 300),
      Buffer.concat([varintField(1, 300), delimitedField(2, varintField(4, 2))]),
      Buffer.concat([varintField(1, 300), delimitedField(2, varintField(3, 1))]),
    ])
    expect([...eachFieldChanged(Buffer.from('no message'), () => [Buffer.alloc(0)])]).toEqual([])
  })
})
