import { describe, expect, test } from 'vitest'
import { layoutFor } from './layout.js'

describe('the layout', () => {
  test('puts panels beside each other where both fit', () => {
    expect(layoutFor({ columns: 200, rows: 40 }, 2, 3)).toMatchObject({ isWide: true, panelWidth: 100, detailLines: 8 })
  })

  test('puts them below each other otherwise, with as much detail as there is room for', () => {
    expect(layoutFor({ columns: 120, rows: 34 }, 2, 3)).toMatchObject({
      isWide: false,
      panelWidth: 120,
      detailLines: 8,
    })
    expect(layoutFor({ columns: 120, rows: 24 }, 2, 3)).toMatchObject({ detailLines: 4 })
    expect(layoutFor({ columns: 120, rows: 12 }, 2, 3)).toMatchObject({ detailLines: 0 })
  })

  test('gives up sparkline and sizes, in this order, as it gets narrow', () => {
    expect(layoutFor({ columns: 102, rows: 24 }, 1, 3)).toMatchObject({ showsSizes: true, sparkWidth: 24 })
    expect(layoutFor({ columns: 78, rows: 24 }, 1, 3)).toMatchObject({ showsSizes: true, sparkWidth: 0 })
    expect(layoutFor({ columns: 77, rows: 24 }, 1, 3)).toMatchObject({ showsSizes: false, sparkWidth: 23 })
    expect(layoutFor({ columns: 20, rows: 24 }, 1, 3)).toMatchObject({ showsSizes: false, sparkWidth: 0 })
  })

  test.each([1, 2, 5, 10, 24, 80])('never fills all of %i rows, so that nothing scrolls', (rows) => {
    for (const columns of [1, 40, 80, 120, 200]) {
      const { height } = layoutFor({ columns, rows }, 2, 3)
      expect(height).toBeGreaterThan(0)
      expect(height).toBeLessThan(Math.max(2, rows))
    }
  })
})
