import { type GapEvent, parseInstrument } from '@tapewire/core'
import { createStream } from '@tapewire/core/adapter'
import { expect, test } from 'vitest'
import { gapText } from './gap-text.js'

const symbol = parseInstrument('BTC/USDT')
const description = { channels: ['trades'], wireChannel: 'trades', wireSymbol: null } as const

const gap: GapEvent = {
  exchange: 'acme_spot',
  stream: createStream({ ...description, id: 'trades:BTC', instrument: symbol }),
  channel: 'trades',
  symbol,
  from: 45_296_789,
  to: 45_298_000,
  reason: 'connection lost (ERR_CONNECTION_CLOSED)',
  action: 'backfilled',
  backfilled: 37,
  fault: null,
}

test.each([
  [
    'made up for',
    {},
    'gap of trades BTC/USDT, 12:34:56.789 to 12:34:58.000 (connection lost (ERR_CONNECTION_CLOSED)): backfilled, 37 fetched',
  ],
  [
    'lost, without an end',
    { to: null, action: 'lost', backfilled: 0, fault: 'not subscribed\nany more', reason: 'dropped' },
    'gap of trades BTC/USDT, 12:34:56.789 to now (dropped): lost: not subscribed any more',
  ],
  [
    'of an account',
    { symbol: null, reason: 'dropped', backfilled: 0 },
    'gap of trades trades:BTC, 12:34:56.789 to 12:34:58.000 (dropped): backfilled',
  ],
])('a gap that is %s reads in a line', (_what, parts, text) => {
  expect(gapText({ ...gap, ...parts } as GapEvent)).toBe(text)
})
