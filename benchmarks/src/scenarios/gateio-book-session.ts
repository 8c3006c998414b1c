import { booksTable } from '../measure/measure-books.js'
import type { Scenario } from '../scenario.js'

export const gateioBookSession: Scenario = {
  name: 'gateio-book-session',
  title:
    'Gate.io order books of a recorded session kept: from the bytes of an update to the best prices of the updated book',
  comparedBy: ['microseconds'],
  run: (options) => booksTable('session', options),
}
