import { parseInstrument } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import { expect, it } from 'vitest'
import { LaggingBooks } from './lagging-books.js'
import { MarketSimulator } from './market-simulator.js'

const btc = parseInstrument('BTC/USDT')

it('gives the books of now, and for so many requests those of when it was told, as deep as asked for', () => {
  const market = new MarketSimulator({ pairs: [btc], clock: new ManualClock() })
  const books = new LaggingBooks(market)
  expect(books.take(btc, 5)).toEqual(market.book(btc, 5))
  const before = market.book(btc, 5)
  books.keep(2)
  for (let step = 0; step < 20; step++) market.step()
  expect([books.take(btc, 5), books.take(btc, 5)]).toEqual([before, before])
  expect(books.take(btc, 5)).toEqual(market.book(btc, 5))
})
