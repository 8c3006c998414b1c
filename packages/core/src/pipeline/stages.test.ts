import { describe, expect, test } from 'vitest'
import { PipelineBench } from '../../test/support/pipeline-bench.js'
import { dataMessage } from '../decode/compose-message.js'
import { StageMeter, type StageMetrics } from '../metrics/stages/stage-meter.js'
import { SampleTimes } from '../metrics/windows/sample-times.js'
import { frameOf } from '../model/inbound-frame.js'

/** A pipeline whose parser takes 2 ms and whose handler takes 4 ms, by the clock. */
class TimedBench {
  readonly #times = new SampleTimes()
  readonly #meter = new StageMeter(this.#times)
  readonly bench: PipelineBench

  constructor(isMeasured = true) {
    const bench: PipelineBench = new PipelineBench({
      stages: isMeasured ? this.#meter : null,
      parser: {
        parse: ({ receivedAt }) => {
          bench.clock.advance(2)
          return dataMessage<'trades'>(bench.streams.trades, null, [], null, receivedAt, 1)
        },
      },
    })
    bench.handle = () => bench.clock.advance(4)
    this.bench = bench
    this.#meter.take(this.#times.begin(bench.clock.now()))
  }

  /** A frame that was read from the socket so long ago, ms. */
  accept(agoMs: number): void {
    this.bench.pipeline.accept(frameOf('1', this.bench.clock.now() - agoMs))
  }

  get stages(): StageMetrics {
    this.#meter.take(this.#times.take(this.bench.clock.now()))
    return this.#meter.metrics
  }
}

describe('the stages of a frame', () => {
  test('are its way from the socket to the parser, the parser, and the handler, which are together what processing took', () => {
    const timed = new TimedBench()
    timed.accept(7)
    expect(timed.stages).toMatchObject({
      sampled: 1,
      socketToParser: { averageMs: 7, maxMs: 7 },
      parser: { averageMs: 2, maxMs: 2 },
      handler: { averageMs: 4, maxMs: 4 },
    })
    expect(timed.bench.meter.latency.maxMs).toBe(13)
  })

  test('have what a frame waits for a slow handler before its parser', async () => {
    const timed = new TimedBench()
    const gate = timed.bench.gate()
    timed.accept(0)
    timed.accept(0)
    expect(timed.stages.sampled).toBe(1)
    timed.bench.clock.advance(50)
    timed.bench.handle = () => timed.bench.clock.advance(4)
    gate.open()
    await timed.bench.pipeline.whenIdle()
    expect(timed.stages).toMatchObject({ sampled: 2, socketToParser: { maxMs: 50 }, handler: { maxMs: 4 } })
  })

  test('are timed of one frame in 64', () => {
    const timed = new TimedBench()
    for (let frame = 0; frame < 200; frame += 1) timed.accept(0)
    expect(timed.stages.sampled).toBe(4)
    expect(timed.bench.meter.latency.count).toBe(200)
  })

  test('are not timed, nor is anything else, where nothing is measured', () => {
    const timed = new TimedBench(false)
    timed.accept(0)
    expect([timed.stages.sampled, timed.bench.meter.latency.count, timed.bench.meter.messages]).toEqual([0, 0, 1])
  })
})
