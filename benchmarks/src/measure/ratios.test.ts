import { describe, expect, it } from 'vitest'
import type { Row } from '../scenario.js'
import { withRatios, withSurcharge } from './ratios.js'

const columns = [{ key: 'rate', title: 'messages/s', decimals: 0 }]

function row(label: string, rate: readonly number[] | null): Row {
  return rate === null
    ? { label, state: 'failed', reason: 'it broke', samples: {} }
    : { label, state: 'measured', reason: null, samples: { rate } }
}

describe('withRatios', () => {
  it('divides run by run, by each baseline that was measured', () => {
    const rows = [row('ours', [300, 400]), row('ccxt 4.5.84', [100, 200]), row('by hand', null)]
    const table = withRatios({ columns, rows }, 'rate', ['ccxt', 'by hand'])
    expect(table.columns.map(({ title }) => title)).toEqual(['messages/s', 'times ccxt 4.5.84'])
    expect(table.rows.map(({ samples }) => samples['times ccxt 4.5.84'])).toEqual([[3, 2], [1, 1], []])
  })

  it('leaves a table alone that has no baseline', () => {
    const rows = [row('ours', [300])]
    expect(withRatios({ columns, rows }, 'rate', ['ccxt'])).toEqual({ columns, rows })
  })
})

describe('withSurcharge', () => {
  const baselineOf = (label: string): string => label.replace('many', 'one')

  it('says by how many per cent each is above its baseline, run by run', () => {
    const rows = withSurcharge([row('one', [1, 2]), row('many', [1.5, 2.5])], 'rate', baselineOf)
    expect(rows.map(({ samples }) => samples.surcharge)).toEqual([undefined, [50, 25]])
  })

  it('leaves a row alone whose baseline failed, or was not measured', () => {
    const rows = [row('one', null), row('many', [1]), row('other many', [1])]
    expect(withSurcharge(rows, 'rate', baselineOf)).toEqual(rows)
  })
})
