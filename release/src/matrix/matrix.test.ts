import { describe, expect, it } from 'vitest'
import { type Candidate, type Check, tryAll } from './matrix.js'

const there = (name: string): Candidate<string> => ({ name, bring: async () => ({ subject: name }) })
const check = (title: string, run: Check<string>['run']): Check<string> => ({ title, run })

describe('tryAll', () => {
  it('tries every check on every runtime, one after the other, whatever fails before', async () => {
    const tried: string[] = []
    const told: string[] = []
    const checks = [
      check('loads', async (name) => {
        tried.push(`${name} loads`)
        if (name === 'b') throw new Error('it does not')
        return 'yes'
      }),
      check('streams', async (name) => {
        tried.push(`${name} streams`)
        return '4'
      }),
    ]
    const rows = await tryAll([there('a'), there('b')], checks, (runtime, cell) => told.push(`${runtime} ${cell.text}`))
    expect(tried).toEqual(['a loads', 'a streams', 'b loads', 'b streams'])
    expect(told).toEqual(['a yes', 'a 4', 'b FAILS', 'b 4'])
    expect(rows).toMatchObject([
      { runtime: 'a', missing: null, cells: [{ fault: null }, { fault: null }] },
      {
        runtime: 'b',
        missing: null,
        cells: [
          { check: 'loads', fault: 'it does not' },
          { text: '4', fault: null },
        ],
      },
    ])
  })

  it('tries nothing on a runtime that is not there, and goes on', async () => {
    const absent: Candidate<string> = { name: 'absent', bring: async () => ({ missing: 'no network' }) }
    const rows = await tryAll([absent, there('a')], [check('loads', async () => 'yes')], () => {})
    expect(rows).toMatchObject([
      { runtime: 'absent', missing: 'no network', cells: [] },
      { runtime: 'a', missing: null, cells: [{ text: 'yes' }] },
    ])
  })
})
