import { booksTable } from '../measure/measure-books.js'
import type { Scenario } from '../scenario.js'

export const gateioBookUpdates: Scenario = {
  name: 'gateio-book-updates',
  title: 'Gate.io order book kept: from the bytes of an update of six levels to the best prices of the updated book',
  comparedBy: ['microseconds'],
  run: (options) => booksTable('six-levels', options),
}
