import type { NatsConnection } from '@nats-io/transport-node'
import { ManualClock } from '@tapewire/core/testing'
import { describe, expect, test } from 'vitest'
import { askIntervalOf, Receipts } from './receipts.js'

/** A connection whose server answers when it is told to. */
function bench() {
  const clock = new ManualClock()
  const pings: (() => void)[] = []
  const told: unknown[] = []
  const flush = (): Promise<void> => new Promise((resolve) => pings.push(resolve))
  const receipts = new Receipts({
    connection: { flush } as unknown as NatsConnection,
    clock,
    intervalMs: 1_000,
    onConfirmed: (number) => told.push(number),
    onSilent: () => told.push('silent'),
  })
  const answer = async (): Promise<void> => {
    for (const ping of pings.splice(0)) ping()
    await Promise.resolve()
  }
  return { clock, pings, told, receipts, answer }
}

describe('what NATS says it has', () => {
  test('is what was sent before it was asked: once in a while, and after each mebibyte', async () => {
    const { clock, told, receipts, answer, pings } = bench()
    receipts.sent(10, 1)
    clock.advance(1_000)
    receipts.sent(20, 2)
    expect([told, receipts.unconfirmedBytes]).toEqual([[], 30])
    await answer()
    expect([told, receipts.unconfirmedBytes]).toEqual([[1], 20])
    receipts.sent(1024 * 1024, 3)
    receipts.sent(5, 4)
    expect(pings).toHaveLength(1)
    await answer()
    expect([told, receipts.unconfirmedBytes]).toEqual([[1, 3], 5])
    receipts.end()
    expect(clock.pendingTimers).toBe(0)
  })

  test('is nothing any more where it was looked for three times in vain, and said once', async () => {
    const { clock, told, answer } = bench()
    clock.advance(1_000)
    clock.advance(1_000)
    clock.advance(1_000)
    await answer()
    // From here on in vain.
    for (let second = 0; second < 3; second += 1) clock.advance(1_000)
    expect(told).toEqual([0])
    for (let second = 0; second < 5; second += 1) clock.advance(1_000)
    expect([told, clock.pendingTimers]).toEqual([[0, 'silent'], 0])
  })

  test('is asked once a beat, but on a machine that is busy for a moment, or where beats are rare', () => {
    expect([50, 1_000, 60_000].map(askIntervalOf)).toEqual([700, 1_000, 5_000])
  })
})
