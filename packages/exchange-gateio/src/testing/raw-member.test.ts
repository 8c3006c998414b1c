import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rawMember } from './raw-member.js'

describe('rawMember', () => {
  it.each([
    ['{"req_param":{"a": "}", "b":[1, 2]},"x":1}', '{"a": "}", "b":[1, 2]}'],
    ['{"payload":{"req_id":"1","req_param" : ""}}', '""'],
    ['{"req_param": null }', 'null'],
    ['{"req_param":[{"text":"t-\\"\\\\"}]}', '[{"text":"t-\\"\\\\"}]'],
    ['{"req_param":12.5}', '12.5'],
    ['{"payload":{}}', ''],
  ])('of %s is %s', (text, raw) => {
    expect(rawMember(text, 'req_param')).toBe(raw)
  })

  it('is what was written, however it was spaced', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', ' ', '\n  '), (value, space) => {
        const text = `{"before":1,"req_param":${space}${value}${space},"after":[]}`
        expect(rawMember(text, 'req_param')).toBe(value)
      }),
    )
  })
})
