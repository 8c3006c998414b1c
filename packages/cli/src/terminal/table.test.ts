import { expect, test } from 'vitest'
import { renderTable } from './table.js'

test('aligns columns, and leaves no blanks at the end of a line', () => {
  const columns = [{ title: 'name' }, { title: 'count', align: 'right' as const }, { title: 'note' }]
  expect(
    renderTable(columns, [
      ['a', '1,000', ''],
      ['longer', '7', 'x'],
    ]),
  ).toMatchInlineSnapshot(`
    "name    count  note
    a       1,000
    longer      7  x"
  `)
})
