import { type Stream, StreamError, type StreamState } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { errorsTold, whyNotLive } from './told-errors.js'

const error = (words: string, cause?: unknown): StreamError =>
  new StreamError('ERR_MALFORMED_FRAME', words, { hint: 'Look there.', ...(cause === undefined ? {} : { cause }) })

function waiting(id: string, reason: string): StreamState {
  return { stream: { id } as Stream, symbol: null, channel: 'trades', status: 'syncing', reason, since: 0 }
}

describe('errorsTold', () => {
  it('tells code, words and hint on one line, and the causes behind', () => {
    expect(errorsTold({ errors: [error('A frame was not read.', new RangeError('beyond the end'))] })).toEqual([
      'A frame was not read.  [ERR_MALFORMED_FRAME]  Look there. ← beyond the end',
    ])
  })

  it('tells the same once, and of many the first three', () => {
    const errors = ['1', '1', '2', '3', '4', '5', '5'].map((words) => error(words))
    expect(errorsTold({ errors }).map((told) => told.slice(0, 10))).toEqual([
      '1  [ERR_MA',
      '2  [ERR_MA',
      '3  [ERR_MA',
      'and 2 more',
    ])
  })
})

describe('whyNotLive', () => {
  it('lists the streams with status and reason, and what was told', () => {
    expect(whyNotLive([waiting('md/BTC', 'not subscribed')], { errors: [] })).toEqual({
      got: { notLive: ['md/BTC: syncing, not subscribed'], onError: [] },
    })
  })

  it('names the reader of the book where an update of it is missing', () => {
    const { file } = whyNotLive([waiting('md/BTC', 'an update is missing: 5 expected, 7 came')], { errors: [] })
    expect(file).toBe('parsers/orderbook.ts')
  })
})
