import { describe, expect, it } from 'vitest'
import { LatencyTally } from './tally.js'

describe('LatencyTally', () => {
  it('charges a message with all the time since it was due', () => {
    const tally = new LatencyTally()
    const secondAgo = process.hrtime.bigint() - 1_000_000_000n
    tally.follow({ startNs: secondAgo, messagesPerSecond: 2, warmupMessages: 0 })
    tally.receive(1)
    tally.receive(1)
    const { count, max, p50, over1ms } = tally.endToEnd
    expect(count).toBe(2)
    expect(max).toBeGreaterThan(990_000)
    // The second one was due half a second later.
    expect(p50).toBeLessThan(max)
    expect(over1ms).toBe(1)
  })

  it('counts warm-up messages without timing them', () => {
    const tally = new LatencyTally()
    tally.follow({ startNs: process.hrtime.bigint(), messagesPerSecond: 1000, warmupMessages: 2 })
    for (let count = 0; count < 3; count += 1) tally.receive(5, performance.timeOrigin + performance.now())
    expect(tally.messages).toBe(3)
    expect(tally.checksum).toBe(15)
    expect(tally.endToEnd.count).toBe(1)
    expect(tally.processing.count).toBe(1)
  })

  it('times no processing where the client does not know when bytes were read', () => {
    const tally = new LatencyTally()
    tally.follow({ startNs: process.hrtime.bigint(), messagesPerSecond: 1000, warmupMessages: 0 })
    tally.receive(1)
    expect(tally.processing.count).toBe(0)
  })
})
