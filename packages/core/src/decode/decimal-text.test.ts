import { describe, expect, it } from 'vitest'
import { show } from './decimal-text.js'

describe('a wrong value in the words of a fault', () => {
  it('is its beginning', () => {
    expect(show({ a: 1 })).toBe('{"a":1}')
    expect(show('x'.repeat(100))).toBe(`"${'x'.repeat(59)}…`)
  })

  it('is told without its inside where that cannot be written', () => {
    const list: unknown[] = []
    const object: Record<string, unknown> = { list }
    list.push(object)
    expect([show(list), show(object)]).toEqual(['[[…]]', '{{…}}'])
  })

  it('is told, however deep it is: newer versions of Node write what for others is too deep', () => {
    const deep = (open: string, close: string): unknown => JSON.parse(`${open.repeat(20_000)}1${close.repeat(20_000)}`)
    expect([`${'['.repeat(60)}…`, '[[…]]']).toContain(show(deep('[', ']')))
    expect([`${'{"a":'.repeat(12)}…`, '{{…}}']).toContain(show(deep('{"a":', '}')))
  })
})
