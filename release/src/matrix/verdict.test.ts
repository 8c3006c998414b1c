import { describe, expect, it } from 'vitest'
import type { Cell, Row } from './matrix.js'
import { verdictOn } from './verdict.js'

const holds = (check: string, text: string): Cell => ({ check, seconds: 1, text, fault: null })
const fails = (check: string): Cell => ({ check, seconds: 1, text: 'FAILS', fault: 'it does not load' })

const good: Row = {
  runtime: 'Node 20.19.0',
  missing: null,
  cells: [holds('import', '9 entries'), holds('demo', '930')],
}
const bad: Row = { runtime: 'Deno 2.9.6', missing: null, cells: [fails('import'), holds('demo', '7')] }
const missing: Row = { runtime: 'Bun 1.4.5', missing: 'it cannot be had', cells: [] }

describe('verdictOn', () => {
  it('has a runtime a line, and the count of the checks at its end', () => {
    expect(verdictOn([good], true)).toMatchInlineSnapshot(`
      {
        "code": 0,
        "text": "runtime       import     demo
      Node 20.19.0  9 entries  930
      matrix: 2 checks passed",
      }
    `)
  })

  it('tells a runtime that is missing, which is no failure where nobody asks for all', () => {
    expect(verdictOn([missing, good], false)).toMatchInlineSnapshot(`
      {
        "code": 0,
        "text": "runtime       import     demo
      Bun 1.4.5     not tried  not tried
      Node 20.19.0  9 entries  930
      Bun 1.4.5 was not tried: it cannot be had
      matrix: 2 checks passed",
      }
    `)
  })

  it('fails for a runtime that is missing where all are asked for', () => {
    const { text, code } = verdictOn([missing, good], true)
    expect([code, text.split('\n').at(-1)]).toEqual([1, 'matrix: Bun 1.4.5: not tried: failed'])
  })

  it('names each check that failed, and where', () => {
    const { text, code } = verdictOn([good, bad], false)
    expect([code, text.split('\n').slice(-2)]).toEqual([
      1,
      ['Deno 2.9.6    FAILS      7', 'matrix: Deno 2.9.6: import: failed'],
    ])
  })
})
