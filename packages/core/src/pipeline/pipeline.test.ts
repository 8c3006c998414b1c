import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PipelineBench, wordParser } from '../../test/support/pipeline-bench.js'
import { frameOf } from '../model/inbound-frame.js'
import { MessageType } from '../model/message-type.js'

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

  test('sees acknowledgements and heartbeats never, errors after the manager', () => {
    const bench = new PipelineBench()
    bench.accept('ack', 'pong', 'error', '1 ack 2')
    expect(bench.log).toEqual(['control 0', 'control 999', 'control -1', 'error', '1', 'control 0', '2'])
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

  test('is overtaken by acknowledgements and heartbeats', () => {
    const bench = new PipelineBench()
    bench.gate()
    bench.accept(1, 2, 'ack', 'pong')
    expect(bench.log).toEqual(['1', 'control 0', 'control 999'])
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

  test('drops the oldest or the newest, counts by channel, and reports each', () => {
    const oldest = new PipelineBench({ maxPendingMessages: 2, overflowPolicy: 'drop-oldest' })
    oldest.gate()
    oldest.accept(1, 2, 't3', 4, 5)
    expect(oldest.log).toEqual(['1', 'drop 2', 'drop 3'])
    expect(Object.fromEntries(oldest.meter.dropped)).toEqual({ trades: 1, ticker: 1 })
    const newest = new PipelineBench({ maxPendingMessages: 2, overflowPolicy: 'drop-newest' })
    newest.gate()
    newest.accept(1, 2, 3, 't4', '5 6')
    expect(newest.log).toEqual(['1', 'drop 4', 'drop 5', 'drop 6'])
    expect(Object.fromEntries(newest.meter.dropped)).toEqual({ trades: 2, ticker: 1 })
  })

  test('never drops an acknowledgement, not even one that looks like data', () => {
    const disguised = { ...wordParser, isControl: () => false }
    for (const overflowPolicy of ['drop-oldest', 'drop-newest'] as const) {
      const bench = new PipelineBench({ maxPendingMessages: 1, overflowPolicy, parser: disguised })
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

describe('a held pipeline', () => {
  test('lets data wait and control through, and then gives everything in order', async () => {
    for (const overflowPolicy of ['pause', 'drop-oldest', 'drop-newest'] as const) {
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
    expect(bench.log).toEqual(['1', 'drop 2', 'late 3', '4', '5'])
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

  test('in isControl is taken to say no', () => {
    const failing = () => {
      throw new Error('no')
    }
    const bench = new PipelineBench({ parser: { ...wordParser, isControl: failing } })
    bench.gate()
    bench.accept(1, 2, 'ack')
    expect([bench.log, bench.pipeline.pending]).toEqual([['1'], 2])
  })
})
