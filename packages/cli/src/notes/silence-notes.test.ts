import { parseInstrument, type StreamStatus } from '@tapewire/core'
import { createStream } from '@tapewire/core/adapter'
import { expect, test } from 'vitest'
import { SilenceNotes } from './silence-notes.js'

const symbol = parseInstrument('BTC/USDT')
const stream = createStream({
  id: 'trades:BTC',
  channels: ['trades'],
  instrument: symbol,
  wireChannel: 'trades',
  wireSymbol: null,
})

function notesOf(...states: readonly (readonly [status: StreamStatus, reason: string])[]): readonly string[] {
  const notes: string[] = []
  const silence = new SilenceNotes((text) => notes.push(text))
  for (const [status, reason] of states)
    silence.onState({ stream, symbol, channel: 'trades', status, reason, since: 0 })
  return notes
}

test('a stream that falls silent is told with what is being done, and when it is back', () => {
  const quiet = 'nothing came for 12000 ms'
  expect(
    notesOf(['live', 'delivering'], ['stale', quiet], ['stale', `${quiet}: asked for again`], ['live', 'delivering']),
  ).toEqual([
    'trades BTC/USDT is stale: nothing came for 12000 ms',
    'trades BTC/USDT is stale: nothing came for 12000 ms: asked for again',
    'trades BTC/USDT is live again',
  ])
})

test('a stream that is live again after a loss is not told: its gap is', () => {
  expect(notesOf(['live', 'delivering'], ['gapped', 'connection lost'], ['live', 'delivering'])).toEqual([])
})
