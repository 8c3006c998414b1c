import { parseInstrument } from '@tapewire/core'
import { createStream, dataMessage } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { describe, expect, test } from 'vitest'
import type { Owned } from '../ownership.js'
import { Subjects } from '../subjects.js'
import { Outlets } from './outlets.js'

const stream = createStream({
  id: 'trades',
  channels: ['trades'],
  instrument: parseInstrument('BTC/USDT'),
  wireChannel: 'trades',
  wireSymbol: null,
})

describe('a stream that is taken over in order', () => {
  test('is answered for before anything of it is published: whoever hears of the new owner asks it at once', () => {
    const clock = new ManualClock()
    const order: string[] = []
    let owned: Owned | null = null
    const outlets = new Outlets({
      exchange: 'acme_spot',
      subjects: new Subjects('acme_spot'),
      account: 'main',
      relay: 1,
      ownership: { of: () => owned },
      clock,
      gatherMs: 1,
      maxFrameBytes: 1_000,
      publish: () => order.push('published'),
      answerFor: ({ owned: by }) => order.push(by === null ? 'not answered for' : 'answered for'),
      onOwnership: () => order.push('told'),
    })
    outlets.add(dataMessage<'trades'>(stream, stream.instrument, [], null, clock.now(), null))
    owned = { epoch: 7, continues: true }
    outlets.ownershipChanged()
    expect(order).toEqual(['not answered for', 'told', 'answered for', 'published', 'told'])
  })
})
