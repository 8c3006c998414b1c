import { expect, test } from 'vitest'
import type { ShownStream } from '../wire.js'
import { mostRows, shownStreams } from './shown-streams.js'

const stream = (id: string, status: ShownStream['status']): ShownStream => ({
  id,
  symbol: 'BTC/USDT',
  channel: 'trades',
  status,
  reason: `${status} for a reason`,
  since: 0,
  messagesPerSecond: 0,
  lastMessageAt: null,
  gaps: 0,
})

test('streams that need a look come first, the others in the feed’s order', () => {
  const { rows } = shownStreams(
    [stream('a', 'live'), stream('b', 'stale'), stream('c', 'live'), stream('d', 'gapped')],
    '',
  )
  expect(rows.map(({ id }) => id)).toEqual(['d', 'b', 'a', 'c'])
})

test('a filter finds words of name, state and reason, in any order', () => {
  const streams = [stream('spot.trades:BTC', 'live'), stream('spot.trades:ETH', 'stale')]
  expect(shownStreams(streams, 'STALE eth').rows.map(({ id }) => id)).toEqual(['spot.trades:ETH'])
  expect(shownStreams(streams, 'nothing').rows).toEqual([])
})

test('a thousand streams are counted, not drawn', () => {
  const { rows, hidden } = shownStreams(
    Array.from({ length: 1_000 }, (_, index) => stream(String(index), 'live')),
    '',
  )
  expect([rows.length, hidden]).toEqual([mostRows, 1_000 - mostRows])
})
