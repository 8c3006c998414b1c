import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PipelineBench } from '../../test/support/pipeline-bench.js'
import { trackedOf } from '../../test/support/streams.js'
import { dataMessage, heartbeatMessage } from '../decode/compose-message.js'
import { frameOf } from '../model/inbound-frame.js'
import { tradingPair } from '../model/instrument.js'
import { MessageType } from '../model/message-type.js'
import type { MessageParser } from '../strategy/message-parser.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index))

describe('a consumer that keeps up', () => {
  test('is served inline, in the call that brought the bytes', () => {
    const bench = new PipelineBench()
    bench.accept(1, '2 3', 4)
    expect(bench.log).toEqual(['1', '2', '3', '4'])
    expect([bench.pipeline.pending, bench.clock.pendingTimers]).toEqual([0, 0])
  })

  test('may return anything that is not a promise', () => {
    const bench = new PipelineBench()
    bench.handle = ({ sequence }) => [7, 'text', null, {}, []][(sequence ?? 0) % 5]
    bench.accept(0, 1, 2, 3, 4, 5)
    expect(bench.log).toEqual(['0', '1', '2', '3', '4', '5'])
    expect([bench.failures, bench.clock.pendingTimers]).toEqual([[], 0])
  })

  test('sees acknowledgements, replies and heartbeats never, errors after the manager', () => {
    const bench = new PipelineBench()
    bench.accept('ack', 'reply', 'pong', 'error', '1 ack 2')
    expect(bench.log).toEqual(['control 0', 'control 777', 'control 999', 'control -1', 'error', '1', 'control 0', '2'])
  })

  test('that throws is reported, and gets what follows', () => {
    const bench = new PipelineBench()
    bench.handle = ({ sequence }) => {
      if (sequence === 1) throw new Error('no')
    }
    bench.accept('1 2', 3)
    expect(bench.log).toEqual(['1', 'failed ERR_HANDLER_FAILED', '2', '3'])
    expect(bench.failures).toMatchObject([{ cause: { message: 'no' } }])
  })
})

describe('a slow consumer', () => {
  test('gets one message at a time, in order', async () => {
    const bench = new PipelineBench()
    const gate = bench.gate()
    bench.accept(1, 2, 3)
    expect(bench.log).toEqual(['1'])
    gate.open()
    await turn()
    expect(bench.log).toEqual(['1', '2'])
    bench.accept(4)
    for (let left = 3; left > 0; left -= 1) {
      gate.open()
      await turn()
    }
    expect(bench.log).toEqual(['1', '2', '3', '4'])
    bench.accept(5)
    expect(bench.log.at(-1)).toBe('5')
  })

  test('gets the messages of one frame one at a time too, before those of the next', async () => {
    const bench = new PipelineBench()
    const gate = bench.gate()
    bench.accept('1 2 3', '4')
    for (const expected of [1, 2, 3, 4]) {
      expect(bench.log).toEqual(numbers(1, expected))
      gate.open()
      await turn()
    }
    await bench.pipeline.whenIdle()
  })

  test('keeps the order whatever mix of prompt and slow answers it gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(fc.constantFrom('sync', 'promise', 'reject', 'throw', 'later'), { minLength: 1, maxLength: 3 }),
          {
            maxLength: 30,
          },
        ),
        fc.integer({ min: 1, max: 5 }),
        async (frames, batchSize) => {
          const bench = new PipelineBench({ batchSize, includeRaw: true })
          const answers = frames.flat()
          bench.handle = ({ sequence }) => {
            const answer = answers[sequence ?? 0]
            if (answer === 'throw') throw new Error(answer)
            if (answer === 'reject') return Promise.reject(new Error(answer))
            if (answer === 'later') return turn()
            return answer === 'promise' ? Promise.resolve() : undefined
          }
          let next = 0
          const texts = frames.map((frame) => frame.map(() => String(next++)).join(' '))
          bench.accept(...texts)
          await bench.pipeline.whenIdle()
          expect(bench.messages.map(({ sequence }) => sequence)).toEqual(answers.map((_, index) => index))
          // Each message carries the frame it came in, though its window was overwritten meanwhile.
          expect(bench.messages.every(({ raw, sequence }) => String(raw).split(' ').includes(String(sequence)))).toBe(
            true,
          )
          expect(bench.failures.length).toBe(answers.filter((answer) => ['throw', 'reject'].includes(answer)).length)
          expect(bench.clock.pendingTimers).toBe(0)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('gets a turn of the event loop after each batch', async () => {
    const bench = new PipelineBench({ batchSize: 3 })
    const gate = bench.gate()
    bench.accept(1, ...numbers(2, 8))
    bench.handle = () => undefined
    gate.open()
    await turn()
    // The immediate of the first batch was queued before ours, the one of the second behind it.
    expect(bench.log.length).toBeLessThanOrEqual(7)
    const afterOneTurn = bench.log.length
    await turn()
    await turn()
    expect(bench.log).toEqual(numbers(1, 8))
    expect(afterOneTurn).toBeGreaterThanOrEqual(4)
  })

  test('is overtaken by acknowledgements, replies and heartbeats', () => {
    const bench = new PipelineBench()
    bench.gate()
    bench.accept(1, 2, 'ack', 'reply', 'pong')
    expect(bench.log).toEqual(['1', 'control 0', 'control 777', 'control 999'])
    expect([bench.pipeline.pending, bench.meter.of(MessageType.SubscriptionConfirm)]).toEqual([1, 1])
  })

  test('sees an error in order, though the manager acts on it at once, and once', async () => {
    const bench = new PipelineBench()
    const gate = bench.gate()
    bench.accept(1, 2, 'error ack 3')
    expect(bench.log).toEqual(['1', 'control -1', 'control 0'])
    bench.handle = () => undefined
    gate.open()
    await bench.pipeline.whenIdle()
    expect(bench.log).toEqual(['1', 'control -1', 'control 0', '2', 'error', '3'])
    expect([bench.meter.of(MessageType.Error), bench.meter.of(MessageType.SubscriptionConfirm)]).toEqual([1, 1])
  })

  test('has each frame read once, control with data or an error in it too, delivered or dropped', async () => {
    for (const overflowPolicy of ['pause', 'drop-newest', 'drop-oldest'] as const) {
      const bench = new PipelineBench({ overflowPolicy, maxPendingMessages: 2 })
      const gate = bench.gate()
      bench.accept('1', 'ack 2', 'error', 'ack t3')
      await bench.release(gate)
      expect([overflowPolicy, bench.parses]).toEqual([overflowPolicy, 4])
    }
  })

  test('gets what was read elsewhere in its turn, without its being read again', async () => {
    const bench = new PipelineBench()
    const { trades } = bench.streams
    const read = dataMessage<'trades'>(trades, trades.instrument, [], null, 0, 3)
    const gate = bench.gate()
    bench.accept(1, 2)
    bench.pipeline.acceptRead(frameOf('3'), [heartbeatMessage(0, 'pong'), read])
    await bench.release(gate)
    bench.pipeline.acceptRead(frameOf('3'), [read])
    expect([bench.log, bench.parses]).toEqual([['1', 'control 999', '2', '3', '3'], 2])
  })

  test('is left behind after messageTimeoutMs, counted for each message from its own start', async () => {
    const bench = new PipelineBench({ messageTimeoutMs: 100 })
    const gate = bench.gate()
    bench.accept(1, 2, 3)
    bench.clock.advance(60)
    gate.open()
    await turn()
    expect(bench.log).toEqual(['1', '2'])
    bench.clock.advance(99)
    await turn()
    expect(bench.log).toEqual(['1', '2'])
    bench.clock.advance(1)
    await turn()
    expect(bench.log).toEqual(['1', '2', 'failed ERR_HANDLER_TIMEOUT', '3'])
    expect(bench.failures[0]?.message).toMatchInlineSnapshot(`
      "A message handler took longer than 100 ms; the stream goes on without it.  [ERR_HANDLER_TIMEOUT]
      Do less in the handler, hand the work over, or raise messageTimeoutMs."
    `)
  })

  test('that rejects after it was left behind is not heard again, nor does it release the next', async () => {
    const bench = new PipelineBench({ messageTimeoutMs: 100 })
    const rejects: ((reason: Error) => void)[] = []
    bench.handle = () => new Promise<void>((_, reject) => rejects.push(reject))
    bench.accept(1, 2, 3)
    bench.clock.advance(100)
    await turn()
    rejects[0]?.(new Error('late'))
    await turn()
    expect(bench.log).toEqual(['1', 'failed ERR_HANDLER_TIMEOUT', '2'])
  })
})

describe('a full ring', () => {
  test('stops the reading under pause, and starts it again once half is free', async () => {
    const bench = new PipelineBench({ maxPendingMessages: 4 })
    const gate = bench.gate()
    bench.accept(1, 2, 3, 4)
    expect(bench.log).toEqual(['1'])
    bench.accept(5)
    expect(bench.log).toEqual(['1', 'pause'])
    // What was read already still comes.
    bench.accept(6)
    for (let left = 6; left > 0; left -= 1) {
      gate.open()
      await turn()
    }
    expect(bench.log).toEqual(['1', 'pause', '2', '3', 'resume', '4', '5', '6'])
  })

  test('is full by bytes as well', () => {
    const bench = new PipelineBench({ maxPendingBytes: 10 })
    bench.gate()
    bench.accept(1, 11111, 22222)
    expect(bench.log).toEqual(['1', 'pause'])
  })

  test('drops the oldest or the newest, counts by channel, and reports each', async () => {
    const oldest = new PipelineBench({ maxPendingMessages: 2, overflowPolicy: 'drop-oldest' })
    const oldestGate = oldest.gate()
    oldest.accept(1, 2, 't3', 4, 5)
    await oldest.release(oldestGate)
    expect(oldest.log).toEqual(['1', 'drop trades', 'drop ticker:btc', '4', '5'])
    expect(Object.fromEntries(oldest.meter.dropped)).toEqual({ trades: 1, ticker: 1 })
    const newest = new PipelineBench({ maxPendingMessages: 2, overflowPolicy: 'drop-newest' })
    const newestGate = newest.gate()
    newest.accept(1, 2, 3, 't4', 5)
    await newest.release(newestGate)
    expect(newest.log).toEqual(['1', 'drop ticker:btc', 'drop trades', '2', '3'])
    expect(Object.fromEntries(newest.meter.dropped)).toEqual({ trades: 1, ticker: 1 })
  })

  test('parses nothing of what it drops, where a look told the stream; of other frames each message is counted', () => {
    for (const overflowPolicy of ['drop-oldest', 'drop-newest'] as const) {
      const bench = new PipelineBench({ maxPendingMessages: 1, overflowPolicy })
      bench.gate()
      bench.accept(1, 2, 3, 't4', 5)
      expect([bench.parses, bench.peeks]).toEqual([1, 4])
      expect(bench.log.filter((entry) => entry.startsWith('drop'))).toHaveLength(3)
      const mixed = new PipelineBench({ maxPendingMessages: 1, overflowPolicy })
      mixed.gate()
      mixed.accept(1, '2 t3', '4 t5')
      expect([mixed.parses, mixed.log]).toEqual([2, ['1', 'drop trades', 'drop ticker:btc']])
    }
  })

  test('counts what is nobody’s data as other', () => {
    const bench = new PipelineBench({ maxPendingMessages: 1, overflowPolicy: 'drop-newest' })
    bench.gate()
    bench.accept(1, 2, 'error')
    expect(bench.log).toEqual(['1', 'control -1', 'drop null'])
    expect(Object.fromEntries(bench.meter.dropped)).toEqual({ other: 1 })
  })

  test('never drops an acknowledgement, not even one that looks like data', () => {
    for (const overflowPolicy of ['drop-oldest', 'drop-newest'] as const) {
      const bench = new PipelineBench({ maxPendingMessages: 1, overflowPolicy, parser: { peek: () => null } })
      bench.gate()
      bench.accept(1, 2, 'ack 3', 4)
      expect(bench.log).toContain('control 0')
      expect(bench.log.filter((entry) => entry.startsWith('drop')).length).toBe(2)
    }
  })

  test('acts on a dropped error once', () => {
    for (const overflowPolicy of ['drop-oldest', 'drop-newest'] as const) {
      const bench = new PipelineBench({ maxPendingMessages: 1, overflowPolicy })
      bench.gate()
      bench.accept(1, 2, 'error', 3)
      expect(bench.log.filter((entry) => entry === 'control -1')).toHaveLength(1)
      expect(bench.meter.of(MessageType.Error)).toBe(1)
    }
  })

  test('reads on while an answer of the exchange is awaited, up to the bound in bytes', async () => {
    const bench = new PipelineBench({ maxPendingMessages: 2, maxPendingBytes: 12 })
    const gate = bench.gate()
    bench.accept(1, 2, 3)
    expect(bench.log).toEqual(['1', 'pause'])
    bench.pipeline.expectControl(true)
    bench.accept(4, 5, 'ack')
    expect(bench.log).toEqual(['1', 'pause', 'resume', 'control 0'])
    bench.accept(12345678)
    expect(bench.log.at(-1)).toBe('pause')
    bench.pipeline.expectControl(false)
    bench.handle = () => undefined
    gate.open()
    await bench.pipeline.whenIdle()
    expect(bench.log.slice(4)).toEqual(['pause', '2', '3', '4', '5', 'resume', '12345678'])
  })
})

describe('latest-by-stream', () => {
  const build = (options = {}): PipelineBench => new PipelineBench({ overflowPolicy: 'latest-by-stream', ...options })

  test('lets only the newest ticker of each stream wait, and every trade', async () => {
    const bench = build()
    const gate = bench.gate()
    bench.accept(1, 't1', 'e1', 2, 't2', 3, 't3', 'e2')
    expect(bench.pipeline.pending).toBe(4)
    await bench.release(gate)
    expect(bench.log).toEqual(['1', 't3', 'e2', '2', '3'])
  })

  test('lets no stream wait for ever because it is faster than the consumer and the others', async () => {
    const bench = build()
    const gate = bench.gate()
    bench.accept(0)
    for (let round = 1; round <= 10; round += 1) {
      bench.accept(`e${round}`, `t${round}`)
      gate.open()
      await turn()
    }
    expect(bench.log).toEqual(['0', 'e1', 't2', 'e3', 't4', 'e5', 't6', 'e7', 't8', 'e9', 't10'])
  })

  test('counts what was superseded apart, and neither drops it nor parses it', async () => {
    const bench = build()
    const gate = bench.gate()
    bench.accept(1, 't1', 't2', 't3', 'e1')
    await bench.release(gate)
    expect(Object.fromEntries(bench.meter.superseded)).toEqual({ ticker: 2 })
    expect([bench.meter.dropped.size, bench.log.filter((entry) => entry.startsWith('drop'))]).toEqual([0, []])
    expect([bench.parses, bench.meter.of(MessageType.Ticker)]).toEqual([3, 2])
  })

  test('takes nothing back that the consumer has begun with', async () => {
    const bench = build()
    const gate = bench.gate()
    bench.accept('t1', 't2')
    gate.open()
    await turn()
    bench.accept('t3', 't4')
    await bench.release(gate)
    expect(bench.log).toEqual(['t1', 't2', 't4'])
    expect(Object.fromEntries(bench.meter.superseded)).toEqual({ ticker: 1 })
  })

  test('leaves frames alone of which a look told no single stream', async () => {
    const bench = build()
    const gate = bench.gate()
    bench.accept(1, 't1 2', 't2', 't3 4')
    await bench.release(gate)
    expect(bench.log).toEqual(['1', 't1', '2', 't2', 't3', '4'])
  })

  test('serves a consumer that keeps up with all there is', () => {
    const bench = build()
    bench.accept('t1', 't2', 't3')
    expect([bench.log, bench.peeks, bench.meter.superseded.size]).toEqual([['t1', 't2', 't3'], 0, 0])
  })

  test('stops the reading where what must all be seen fills the ring', async () => {
    const bench = build({ maxPendingMessages: 2 })
    const gate = bench.gate()
    bench.accept(1, 't1', 't2', 't3')
    expect(bench.log).toEqual(['1'])
    bench.accept(2)
    expect(bench.log).toEqual(['1', 'pause'])
    await bench.release(gate)
    expect(bench.log).toContain('resume')
    expect(bench.meter.dropped.size).toBe(0)
  })

  test('knows what came from a connection that is gone, and what came after it', async () => {
    const bench = build()
    const gate = bench.gate()
    bench.accept(1, 't1', 'e1')
    bench.pipeline.endConnection()
    bench.accept('t2')
    await bench.release(gate)
    expect(bench.log.slice(1).sort()).toEqual(['late e1', 't2'])
  })

  test('delivers every trade in order and each ticker’s last, whatever comes while whoever takes how long', async () => {
    const word = fc.constantFrom('', 't', 'e')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(word, fc.boolean()), { maxLength: 60 }), async (parts) => {
        const bench = build({ batchSize: 3 })
        bench.handle = ({ sequence }) => (parts[sequence ?? 0]?.[1] ? turn() : undefined)
        const words = parts.map(([letter], index) => `${letter}${index}`)
        for (const [index, text] of words.entries()) {
          bench.accept(text)
          if (index % 7 === 0) await turn()
        }
        await bench.pipeline.whenIdle()
        expect(bench.log.filter((entry) => /^\d/.test(entry))).toEqual(words.filter((text) => /^\d/.test(text)))
        for (const letter of ['t', 'e']) {
          const sent = words.filter((text) => text.startsWith(letter))
          const seen = bench.log.filter((entry) => entry.startsWith(letter))
          expect(seen.at(-1)).toBe(sent.at(-1))
          expect(seen).toEqual(sent.filter((text) => seen.includes(text)))
        }
        const superseded = bench.meter.superseded.get('ticker') ?? 0
        expect(bench.messages.length + superseded).toBe(words.length)
      }),
      { numRuns: 60 },
    )
  })
})

describe('a look at a frame', () => {
  test('is taken once, and only where the frame has to wait', async () => {
    const bench = new PipelineBench()
    bench.accept(1, 't2', 'ack')
    expect(bench.peeks).toBe(0)
    const gate = bench.gate()
    bench.accept(3, 't4', 'ack', '5 t6', 'error')
    expect(bench.peeks).toBe(4)
    await bench.release(gate)
    expect(bench.peeks).toBe(4)
  })

  test('that fails, or tells nothing, tells no more than null', async () => {
    const failing = () => {
      throw new Error('no')
    }
    for (const peek of [failing, () => undefined, () => null]) {
      const bench = new PipelineBench({ parser: { peek }, overflowPolicy: 'latest-by-stream' })
      const gate = bench.gate()
      bench.accept(1, 't2', 't3', 'ack')
      expect([bench.log, bench.pipeline.pending]).toEqual([['1'], 3])
      await bench.release(gate)
      expect(bench.log).toEqual(['1', 't2', 't3', 'control 0'])
    }
  })
})

describe('a channel that came along and nobody wants', () => {
  test('is neither delivered nor counted, and its neighbours are', async () => {
    const bench = new PipelineBench()
    trackedOf(bench.streams.btcTicker).muted = 1 << MessageType.BookTicker
    bench.accept('t1 q1', 'q2')
    const gate = bench.gate()
    bench.accept(3, 'q4', 't5 q5')
    await bench.release(gate)
    expect(bench.log).toEqual(['t1', '3', 't5'])
    expect([bench.meter.of(MessageType.BookTicker), bench.meter.messages, bench.meter.latency.count]).toEqual([0, 3, 3])
  })

  test('keeps its stream from being found silent, unless it came over a connection that is gone', async () => {
    const bench = new PipelineBench()
    const ticker = trackedOf(bench.streams.btcTicker)
    ticker.muted = 1 << MessageType.BookTicker
    ticker.silentChecks = 3
    bench.accept('q1')
    expect(ticker.silentChecks).toBe(0)
    const gate = bench.gate()
    bench.accept(2, 'q3')
    bench.pipeline.endConnection()
    ticker.silentChecks = 3
    await bench.release(gate)
    expect(ticker.silentChecks).toBe(3)
  })

  test('is delivered again once it is wanted', () => {
    const bench = new PipelineBench()
    const ticker = trackedOf(bench.streams.btcTicker)
    ticker.muted = 1 << MessageType.Ticker
    bench.accept('t1 q1')
    ticker.muted = 0
    bench.accept('t2 q2')
    expect(bench.log).toEqual(['q1', 't2', 'q2'])
  })
})

describe('what waits of a subscription that has ended', () => {
  test('is left out, uncounted, and what was read since is not', async () => {
    const bench = new PipelineBench()
    const gate = bench.gate()
    bench.accept('t1', '2', 't3 4', 't5 q5', 'error')
    const ticker = trackedOf(bench.streams.btcTicker)
    bench.clock.advance(1)
    ticker.endedAt = bench.clock.now()
    bench.accept('t6 7')
    await bench.release(gate)
    expect(bench.log).toEqual(['t1', 'control -1', '2', '4', 'error', 't6', '7'])
    expect([bench.meter.of(MessageType.Ticker), bench.meter.of(MessageType.BookTicker)]).toEqual([2, 0])
  })

  test('is left out of the frame of which the first is being handled', async () => {
    const bench = new PipelineBench()
    const gate = bench.gate()
    bench.accept('1 t2 3')
    bench.clock.advance(1)
    trackedOf(bench.streams.btcTicker).endedAt = bench.clock.now()
    await bench.release(gate)
    expect(bench.log).toEqual(['1', '3'])
  })

  test('may be dropped without a word', async () => {
    const bench = new PipelineBench({ overflowPolicy: 'drop-oldest', maxPendingMessages: 2 })
    const gate = bench.gate()
    bench.accept(1, 't2', 't3')
    bench.clock.advance(1)
    trackedOf(bench.streams.btcTicker).endedAt = bench.clock.now()
    bench.accept(4, 't5', 6)
    await bench.release(gate)
    expect(bench.log).toEqual(['1', 'drop trades', 't5', '6'])
  })
})

describe('a channel of which some instruments are wanted', () => {
  test('is delivered for these alone, and says by the others too that its stream is not silent', () => {
    const bench = new PipelineBench()
    const ticker = trackedOf(bench.streams.btcTicker)
    ticker.muted = (1 << MessageType.Ticker) | (1 << MessageType.BookTicker)
    ticker.named = new Map([['ticker', new Set([tradingPair('BTC', 'USDT')])]])
    bench.accept('t1 q1')
    ticker.named = new Map([['ticker', new Set([tradingPair('ETH', 'USDT')])]])
    ticker.silentChecks = 3
    bench.accept('t2 q2')
    expect([bench.log, ticker.silentChecks]).toEqual([['t1'], 0])
  })
})

describe('a held pipeline', () => {
  test('lets data wait and control through, and then gives everything in order', async () => {
    for (const overflowPolicy of ['pause', 'drop-oldest', 'drop-newest', 'latest-by-stream'] as const) {
      const bench = new PipelineBench({ maxPendingMessages: 2, overflowPolicy })
      bench.pipeline.hold()
      bench.accept(1, 2, 'ack', 3, 4)
      expect(bench.log).toEqual(['control 0'])
      bench.clock.advance(1_000_000)
      bench.pipeline.release()
      await bench.pipeline.whenIdle()
      expect(bench.log).toEqual(['control 0', '1', '2', '3', '4'])
      bench.accept(5)
      expect(bench.log.at(-1)).toBe('5')
    }
  })

  test('says once that it holds as many bytes as it may, reads no more, and drops nothing whatever the policy', async () => {
    for (const overflowPolicy of ['pause', 'drop-oldest', 'drop-newest', 'latest-by-stream'] as const) {
      const bench = new PipelineBench({ maxPendingBytes: 3, overflowPolicy })
      bench.pipeline.hold()
      bench.accept(1, 2, 3, 4)
      expect(bench.log).toEqual(['pause', 'hold full'])
      bench.pipeline.release()
      await bench.pipeline.whenIdle()
      expect(bench.log.filter((line) => line !== 'resume')).toEqual(['pause', 'hold full', '1', '2', '3', '4'])
    }
  })
})

describe('what waits when its connection ends', () => {
  test('is still delivered, marked as late, before what the next one brings', async () => {
    const bench = new PipelineBench()
    const gate = bench.gate()
    bench.accept(1, 2, '3 4')
    bench.pipeline.endConnection()
    bench.accept(5)
    bench.handle = () => undefined
    gate.open()
    await bench.pipeline.whenIdle()
    bench.accept(6)
    expect(bench.log).toEqual(['1', 'late 2', 'late 3', 'late 4', '5', '6'])
  })

  test('is told from the rest also where some of it is dropped', async () => {
    const bench = new PipelineBench({ maxPendingMessages: 3, overflowPolicy: 'drop-oldest' })
    const gate = bench.gate()
    bench.accept(1, 2, 3)
    bench.pipeline.endConnection()
    bench.accept(4, 5)
    bench.handle = () => undefined
    gate.open()
    await bench.pipeline.whenIdle()
    expect(bench.log).toEqual(['1', 'drop trades', 'late 3', '4', '5'])
  })
})

describe('a connection with a parser of its own', () => {
  /** Reads a number as a trade, and writes down which parser read what. */
  const parserNamed = (name: string, bench: PipelineBench, read: string[]): MessageParser => ({
    parse: (frame) => {
      const text = frame.bytes.toString('latin1', frame.start, frame.end)
      read.push(`${name} ${text}`)
      const { trades, btcTicker } = bench.streams
      const stream = text.startsWith('t') ? btcTicker : trades
      return dataMessage<'trades'>(stream, stream.instrument, [], null, 0, Number(text.replace('t', '')))
    },
    peek: (frame) => (String.fromCharCode(frame.bytes[frame.start] ?? 0) === 't' ? bench.streams.btcTicker : null),
  })

  test('leaves what waits of it to that parser, which is let go once nothing does', async () => {
    const bench = new PipelineBench()
    const read: string[] = []
    const [a, b, c] = ['a', 'b', 'c'].map((name) => parserNamed(name, bench, read)) as [
      MessageParser,
      MessageParser,
      MessageParser,
    ]
    bench.pipeline.beginConnection(a)
    expect(bench.ended).toHaveLength(1)
    const gate = bench.gate()
    bench.accept(1, 2)
    bench.pipeline.beginConnection(b)
    bench.accept(3, 4)
    bench.pipeline.endConnection()
    bench.pipeline.beginConnection(c)
    bench.accept(5)
    expect(bench.ended).toHaveLength(1)
    await bench.release(gate)
    bench.accept(6)
    expect(read).toEqual(['a 1', 'a 2', 'b 3', 'b 4', 'c 5', 'c 6'])
    expect(bench.log).toEqual(['1', 'late 2', 'late 3', 'late 4', '5', '6'])
    expect(bench.ended.slice(1)).toEqual([a, b])
    bench.pipeline.close()
    bench.pipeline.close()
    expect(bench.ended.slice(1)).toEqual([a, b, c])
  })

  test('has what is dropped, or superseded by another connection, read by whom it came to', async () => {
    for (const [overflowPolicy, expected] of [
      ['drop-oldest', ['a 1', 'a 2', 'a t3', 'b t4', 'b 5']],
      ['latest-by-stream', ['a 1', 'a 2', 'b t4', 'b 5']],
    ] as const) {
      const bench = new PipelineBench({ overflowPolicy, maxPendingMessages: overflowPolicy === 'drop-oldest' ? 3 : 9 })
      const read: string[] = []
      bench.pipeline.beginConnection(parserNamed('a', bench, read))
      const gate = bench.gate()
      bench.accept(1, 2, 't3')
      bench.pipeline.beginConnection(parserNamed('b', bench, read))
      bench.accept('t4', 5)
      await bench.release(gate)
      expect([overflowPolicy, read]).toEqual([overflowPolicy, expected])
    }
  })

  test('holds on to no more parsers than frames wait, however often the connection is lost meanwhile', () => {
    const bench = new PipelineBench()
    bench.gate()
    bench.accept(1, 2)
    for (let count = 0; count < 100; count += 1) bench.pipeline.beginConnection(parserNamed('', bench, []))
    // All but the first, of which a frame waits, and the present one.
    expect(bench.ended).toHaveLength(99)
  })
})

describe('closing', () => {
  test('forgets what waits, and delivers nothing afterwards', async () => {
    const bench = new PipelineBench()
    const gate = bench.gate()
    bench.accept('1 2', 3)
    bench.pipeline.close()
    gate.open()
    await turn()
    bench.accept(4, 'ack')
    expect(bench.log).toEqual(['1'])
    expect([bench.pipeline.pending, bench.clock.pendingTimers]).toEqual([0, 0])
  })

  test('ends whoever waits for idleness, though the handler never comes back', async () => {
    const bench = new PipelineBench()
    bench.gate()
    bench.accept(1, 2)
    const idle = bench.pipeline.whenIdle()
    bench.pipeline.close()
    await idle
    expect(bench.clock.pendingTimers).toBe(0)
  })

  test('in the middle of a frame leaves out the rest of it', () => {
    const bench = new PipelineBench()
    bench.handle = () => bench.pipeline.close()
    bench.accept('1 2 3', 4)
    expect(bench.log).toEqual(['1'])
  })

  test('ends a hold', async () => {
    const bench = new PipelineBench()
    bench.pipeline.hold()
    bench.accept(1)
    bench.pipeline.close()
    await turn()
    expect(bench.log).toEqual([])
  })
})

describe('raw', () => {
  test('is the frame as text or as bytes of its own, only when asked for', () => {
    const asked = new PipelineBench({ includeRaw: true })
    const bytes = Buffer.from('7')
    asked.pipeline.accept(frameOf(bytes))
    bytes.fill(0)
    asked.accept(8)
    expect(asked.messages.map(({ raw }) => raw)).toEqual([new Uint8Array([55]), '8'])
    const plain = new PipelineBench()
    plain.accept(8)
    expect(plain.messages[0]?.raw).toBeNull()
  })
})

describe('a parser that throws', () => {
  test('costs the frame, is reported as malformed, and stops nothing', async () => {
    const bench = new PipelineBench()
    bench.accept(1, 'throw', 2)
    expect(bench.log).toEqual(['1', 'control -1', 'error', '2'])
    expect(bench.messages[1]?.data).toMatchObject({ code: 'ERR_MALFORMED_FRAME' })
    const gate = bench.gate()
    bench.accept(3, 'throw', 4)
    bench.handle = () => undefined
    gate.open()
    await bench.pipeline.whenIdle()
    expect(bench.log.slice(4)).toEqual(['3', 'control -1', 'error', '4'])
  })
})

describe('a parser that returns what is no message', () => {
  const hole: unknown[] = []
  hole[1] = { type: MessageType.Trades, stream: null, data: [] }
  test.each([
    ['undefined', undefined],
    ['null', null],
    ['text', '{}'],
    ['an object without a type', {}],
    ['a list with undefined in it', [undefined]],
    ['a list with null in it', [{ type: MessageType.Trades, stream: null, data: [] }, null]],
    ['a list with a hole in it', hole],
    ['data without a stream', { type: MessageType.Trades, data: [] }],
    ['data on a stream that is text', { type: MessageType.Trades, stream: 'trades', data: [] }],
    ['a reply without data', { type: MessageType.Reply, stream: null }],
    ['an acknowledgement whose data is null', { type: MessageType.SubscriptionConfirm, stream: null, data: null }],
  ])('(%s) costs the frame, is reported as malformed, and stops nothing', async (_what, returned) => {
    const bench = new PipelineBench({ parser: { parse: () => returned, peek: () => null } })
    bench.accept(1)
    expect(bench.log).toEqual(['control -1', 'error'])
    expect(bench.messages[0]?.data).toMatchObject({
      code: 'ERR_MALFORMED_FRAME',
      message: 'the parser returned something that is no message',
    })
    const gate = bench.gate()
    bench.accept(2, 3)
    await bench.release(gate)
    expect(bench.log).toEqual(['control -1', 'error', 'control -1', 'error', 'control -1', 'error'])
    expect([bench.meter.of(MessageType.Error), bench.failures]).toEqual([3, []])
  })

  test('costs no more where the frame is dropped, or looks like control', () => {
    const bench = new PipelineBench({
      maxPendingMessages: 1,
      overflowPolicy: 'drop-newest',
      parser: { parse: () => undefined, peek: (frame) => (frame.end === 1 ? null : 'control') },
    })
    bench.pipeline.hold()
    bench.accept('11')
    expect(bench.log).toEqual(['control -1'])
  })

  test('may return an empty list: the frame held nothing to tell', () => {
    const bench = new PipelineBench({ parser: { parse: () => [] } })
    bench.accept(1)
    expect([bench.log, bench.meter.messages]).toEqual([[], 0])
  })
})
