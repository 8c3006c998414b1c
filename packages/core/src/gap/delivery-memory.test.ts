import { describe, expect, it } from 'vitest'
import type { FeedMessage } from '../model/message.js'
import { DeliveryMemory } from './delivery-memory.js'
import { SentTimes } from './sent-times.js'
import { orderMessage, start, streamOf, tradeMessage } from './test-support.js'

const minuteMs = 60_000
const trades = streamOf('trades')
const orders = streamOf('orders', null)

function tradeOf(id: string, time: number): ReturnType<typeof tradeMessage> {
  return tradeMessage(trades, [{ id, time }], time)
}

function memoryOf(channel: 'trades' | 'orders', type: number, identity: 'id' | 'content'): DeliveryMemory {
  return new DeliveryMemory(channel, type, { identity, acceptedAt: start, sentTimes: new SentTimes() })
}

/** A gap, in which this one message is fetched. */
function gapWith(memory: DeliveryMemory, fetched: ReturnType<typeof tradeMessage>, at: number): void {
  memory.beginMerge(at, null)
  expect(memory.merge.take(fetched, start)).not.toBeNull()
  memory.endMerge(at)
}

/** Its copy on the stream, as late as that. */
function copyOf(message: ReturnType<typeof tradeMessage>, receivedAt: number): FeedMessage {
  return { ...message, receivedAt } as FeedMessage
}

describe('what was fetched for a gap', () => {
  it.each(['id', 'content'] as const)('is not told again for a minute, whatever gap follows (by %s)', (identity) => {
    const memory = memoryOf('trades', 2, identity)
    const first = tradeOf('1', start)
    gapWith(memory, first, start)
    memory.beginMerge(start + 30_000, null)
    memory.endMerge(start + 30_000)
    expect(memory.admit(copyOf(first, start + minuteMs))).toBeNull()
  })

  it.each(['id', 'content'] as const)(
    'is forgotten a minute after its own gap, however many follow in quick succession (by %s)',
    (identity) => {
      const memory = memoryOf('trades', 2, identity)
      const first = tradeOf('1', start)
      gapWith(memory, first, start)
      for (const afterMs of [40_000, 80_000, 120_000]) {
        gapWith(memory, tradeOf(`${afterMs}`, start + afterMs), start + afterMs)
      }
      expect(memory.admit(copyOf(first, start + 121_000))).not.toBeNull()
    },
  )

  it('is forgotten by a stream on which nothing came in between', () => {
    const memory = memoryOf('trades', 2, 'id')
    const first = tradeOf('1', start)
    gapWith(memory, first, start)
    memory.beginMerge(start + minuteMs + 1, null)
    expect(memory.admit(copyOf(first, start + minuteMs + 2))).not.toBeNull()
  })

  it('is known of an order until it has ended, so that it never goes back', () => {
    const memory = memoryOf('orders', 7, 'id')
    const half = { size: '2', status: 'partially_filled', filledSize: '1' } as const
    gapWith(memory, orderMessage(orders, half, start), start)
    const later = start + 10 * minuteMs
    memory.beginMerge(later, null)
    memory.endMerge(later)
    const opened = orderMessage(orders, { size: '2', status: 'open', filledSize: '0' }, start)
    expect(memory.admit(copyOf(opened, later + 1))).toBeNull()
    const whole = { size: '2', status: 'filled', filledSize: '2' } as const
    gapWith(memory, orderMessage(orders, whole, later + 1), later + 1)
    const muchLater = later + 2 * minuteMs
    memory.beginMerge(muchLater, null)
    expect(memory.admit(copyOf(opened, muchLater + 1))).not.toBeNull()
  })
})
