import { describe, expect, it } from 'vitest'
import { show } from './decimal-text.js'

describe('a wrong value in the words of a fault', () => {
  it('is its beginning', () => {
    expect(show({ a: 1 })).toBe('{"a":1}')
    expect(show('x'.repeat(100))).toBe(`"${'x'.repeat(59)}…`)
  })

  it('is told without its inside where it is too deep to be written', () => {
    const deep = (open: string, close: string): unknown => JSON.parse(`${open.repeat(20_000)}1${close.repeat(20_000)}`)
    expect(show(deep('[', ']'))).toBe('[[…]]')
    expect(show(deep('{"a":', '}'))).toBe('{{…}}')
  })
})
