import { describe, expect, it } from 'vitest'
import type { Row } from '../scenario.js'
import { compareBuilds, pairedFigures } from './compare-builds.js'

const columns = [
  { key: 'rate', title: 'messages/s', decimals: 0 },
  { key: 'cost', title: 'µs a message', decimals: 3 },
]

/** A client that took so long in each run: of this build, and of the other. */
function row(label: string, own: readonly number[], other: readonly number[]): Row {
  return { label, state: 'measured', reason: null, samples: { cost: own, 'cost, other build': other } }
}

const failed: Row = { label: 'broken', state: 'failed', reason: 'it broke', samples: {} }

describe('compareBuilds', () => {
  it('divides the costs of the two builds run by run', () => {
    const table = compareBuilds({ columns, rows: [row('ours', [3, 2, 8], [2, 2, 4])], notes: [] }, ['cost'])
    expect(table.columns.map(({ key, title }) => [title, table.rows[0]?.samples[key]])).toEqual([
      ['this build / the other', [1.5, 1, 2]],
      ['µs a message', [3, 2, 8]],
      ['µs a message, the other', [2, 2, 4]],
    ])
  })

  it('marks what is dearer by more than 5 % in the median, and that alone', () => {
    const rows = [
      row('once dearer', [100, 100, 300], [100, 100, 100]),
      row('at the bound', [105, 105, 105], [100, 100, 100]),
      row('dearer', [106, 200, 90], [100, 100, 100]),
      row('cheaper', [50], [100]),
      failed,
    ]
    expect(compareBuilds({ columns, rows, notes: [] }, ['cost']).dearer).toEqual([
      'more than 5 % dearer: dearer, µs a message, by 6.0 %',
    ])
  })

  it('compares by columns that the table has', () => {
    expect(() => compareBuilds({ columns, rows: [], notes: [] }, ['heap'])).toThrow('no column heap')
  })
})

describe('pairedFigures', () => {
  it('keeps the figures of both builds apart', () => {
    expect(pairedFigures({ cost: 1 }, { cost: 2 })).toEqual({ cost: 1, 'cost, other build': 2 })
  })
})
