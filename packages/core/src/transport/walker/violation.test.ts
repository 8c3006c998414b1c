import { expect, test } from 'vitest'
import { closeCodeOf, violationError } from './violation.js'

test('says which rule was broken, and the code the connection is closed with', () => {
  expect(violationError('masked-frame').message).toMatchInlineSnapshot(`
    "The server masked a frame; only clients do.  [ERR_PROTOCOL_VIOLATION]
    Violation: masked-frame   Close code: 1002
    The connection cannot be trusted any more and is closed; a proxy in between may have corrupted it."
  `)
  expect(violationError('too-large').message).toMatchInlineSnapshot(`
    "The server sent a message larger than maxPayloadBytes.  [ERR_PROTOCOL_VIOLATION]
    Violation: too-large   Close code: 1009
    Raise maxPayloadBytes where messages of that size are to be expected."
  `)
})

test('answers bad text with 1007, too many parts with 1008, too many bytes with 1009, and the rest with 1002', () => {
  expect(closeCodeOf('invalid-close-reason')).toBe(1007)
  expect(closeCodeOf('too-many-fragments')).toBe(1008)
  expect(closeCodeOf('too-large')).toBe(1009)
  expect(closeCodeOf('reserved-bit')).toBe(1002)
})
