import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clipText, widthOf, wrapText } from './width.js'

describe('text that is too wide', () => {
  test.each([
    ['connection lost', 20, 'connection lost'],
    ['connection lost', 10, 'connectio…'],
    ['connection lost', 12, 'connection…'],
    ['attempt 3 in 1250 ms', 17, 'attempt 3 in…'],
    ['attempt 3 in 1250 ms', 18, 'attempt 3 in 1250…'],
    ['64,000.5', 5, '…'],
    ['lost 4 times', 8, 'lost 4…'],
    ['交易对不存在', 7, '交易对…'],
    ['anything', 0, ''],
  ])('%s in %i columns is %s', (text, width, expected) => {
    expect(clipText(text, width)).toBe(expected)
  })

  test('never leaves a part of a number, and never takes more columns', () => {
    const word = fc.oneof(
      fc.constantFrom('lost', 'for', 'ms', '交易', '–', '(ERR_STALE)'),
      fc.nat().map((value) => value.toLocaleString('en-US')),
    )
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 60 }), (words, width) => {
        const clipped = clipText(words.join(' '), width)
        expect(widthOf(clipped)).toBeLessThanOrEqual(width)
        for (const number of clipped.match(/[\d,]+/g) ?? []) expect(words).toContain(number)
      }),
    )
  })
})

describe('text in several lines', () => {
  test('breaks between words, and where a word is longer than a line', () => {
    expect(wrapText('look for a proxy', 9)).toEqual(['look for', 'a proxy'])
    expect(wrapText('see https://example.com/a', 8)).toEqual(['see', 'https://', 'example.', 'com/a'])
    expect(wrapText('交易对不存在', 5)).toEqual(['交易', '对不', '存在'])
  })

  test('marks what has no room', () => {
    expect(wrapText('one two three four', 9, 2)).toEqual(['one two', 'three fo…'])
    expect(wrapText('one two', 3, 2)).toEqual(['one', 'two'])
  })
})
