import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frameFlags } from '../../encoding/frame-header.js'
import { LiveBench, type Publisher } from './test-support.js'

const owner: Publisher = { relay: 7, epoch: 5 }
const next: Publisher = { relay: 3, epoch: 6, flags: frameFlags.continues }

/** A stream that is followed, of which ten records were published before. */
function followed(): LiveBench {
  const bench = new LiveBench()
  bench.request('subscribe')
  bench.answer(10, owner)
  return bench
}

describe('somebody who calls itself the owner of a stream, and does not answer for it', () => {
  const forged: Publisher = { relay: 9, epoch: 99 }
  const disowned = 'What called itself the relay of the stream does not answer for it.'

  test('costs nothing that the owner publishes meanwhile, where nobody answers', () => {
    const bench = followed()
    bench.publish(11, 1, owner)
    bench.publish(1, 1, { ...forged, flags: frameFlags.continues })
    bench.publish(12, 2, owner)
    bench.answerNobody()
    bench.publish(14, 1, owner)
    expect(bench.told).toEqual([11, 1, disowned, 12, 13, 14])
    expect(bench.hop.read()).toMatchObject({ missing: 0, outdated: 0 })
  })

  test('costs nothing of it either where the owner answers, as long as a better one is waited for', () => {
    const bench = followed()
    bench.publish(11, 1, owner)
    bench.publish(1, 1, forged)
    bench.publish(12, 1, owner)
    bench.answer(12, owner)
    bench.publish(13, 1, owner)
    bench.clock.advance(2_000)
    bench.publish(14, 1, owner)
    expect(bench.numbers).toEqual([11, 1, 12, 13, 14])
    expect(bench.faults).toEqual([expect.stringContaining('Another relay publishes the stream'), disowned])
    expect(bench.hop.read()).toMatchObject({ missing: 0, outdated: 0 })
  })

  test('costs nothing of it whoever else calls itself the owner meanwhile, nor where the stream is asked for once more', () => {
    const bench = followed()
    bench.publish(1, 1, { ...forged, flags: frameFlags.continues })
    bench.publish(11, 1, owner)
    bench.publish(1, 1, { relay: 9, epoch: 100, flags: frameFlags.continues })
    bench.publish(12, 1, owner)
    bench.request('subscribe')
    bench.publish(13, 1, owner)
    bench.answerNobody()
    expect(bench.told).toEqual([1, 1, disowned, 11, 12, 13])
  })

  test('is followed at once where it does answer, and what comes of the one before is out of date', () => {
    const bench = followed()
    bench.publish(1, 1, next)
    bench.publish(11, 1, owner)
    bench.publish(2, 1, { ...next, flags: 0 })
    expect(bench.told).toEqual([1, 2])
    bench.answer(2, next)
    bench.publish(12, 1, owner)
    expect(bench.told).toEqual([1, 2])
    expect(bench.hop.read()).toMatchObject({ missing: 0, outdated: 2 })
  })

  test('leaves missing by its numbers what is more than may wait', () => {
    const bench = followed()
    bench.publish(1, 1, { ...forged, flags: frameFlags.continues })
    bench.publish(11, 60_000, owner)
    bench.publish(60_011, 60_000, owner)
    bench.answerNobody()
    bench.publish(120_011, 1, owner)
    expect(bench.faults).toEqual([disowned, '60000 records of the relay never came.'])
    expect(bench.hop.read().missing).toBe(60_000)
  })
})

describe('a stream that is asked for once more over the same connection', () => {
  test('is told while the answer is waited for, and goes on behind it', () => {
    const bench = followed()
    bench.publish(11, 2, owner)
    bench.request('subscribe')
    bench.publish(13, 1, owner)
    bench.answer(13, owner)
    bench.publish(14, 1, owner)
    expect(bench.told).toEqual([11, 12, 13, 14])
    expect(bench.answers.map(({ requestId, refusal }) => [requestId, refusal])).toEqual([
      [1, null],
      [2, null],
    ])
  })

  test('tells each record once or counts it as missing, whatever comes in between', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('publish' as const), count: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ kind: fc.constant('lose' as const), count: fc.integer({ min: 1, max: 4 }) }),
      fc.constantFrom({ kind: 'ask' as const }, { kind: 'answer' as const }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const bench = followed()
        let last = 10
        for (const one of steps) {
          if (one.kind === 'ask') bench.request('subscribe')
          else if (one.kind === 'answer') bench.answer(last, owner)
          else {
            if (one.kind === 'publish') bench.publish(last + 1, one.count, owner)
            last += one.count
          }
        }
        bench.publish(last + 1, 1, owner)
        expect(new Set(bench.numbers).size).toBe(bench.numbers.length)
        expect(bench.numbers.length + bench.hop.read().missing).toBe(last + 1 - 10)
        expect(bench.faults.length > 0).toBe(bench.hop.read().missing > 0)
      }),
    )
  })

  test('is told as wrong where another relay has it by then, which did not follow on', () => {
    const bench = followed()
    bench.publish(11, 1, owner)
    bench.request('subscribe')
    bench.answer(4, { relay: 3, epoch: 6 })
    bench.publish(5, 1, { relay: 3, epoch: 6 })
    expect(bench.told).toEqual([11, 'Another relay publishes the stream now.', 5])
    expect(bench.answers).toHaveLength(2)
  })

  test('is accepted once where another relay takes it over in order before the answer', () => {
    const bench = followed()
    bench.request('subscribe')
    bench.publish(1, 2, next)
    bench.answer(2, next)
    bench.publish(3, 1, { ...next, flags: 0 })
    expect(bench.told).toEqual([1, 2, 3])
    expect(bench.answers.map(({ requestId }) => requestId)).toEqual([1, 2])
  })

  test('waits where nobody answers, and has missed nothing where its relay goes on with the next number', () => {
    const bench = followed()
    bench.request('subscribe')
    bench.answerNobody()
    bench.clock.advance(1_000)
    bench.answerNobody()
    bench.clock.advance(1_000)
    bench.answer(10, owner)
    bench.publish(11, 1, owner)
    expect(bench.told).toEqual([11])
    expect(bench.answers.map(({ requestId, refusal }) => [requestId, refusal])).toEqual([
      [1, null],
      [2, null],
    ])
  })

  test('loses nothing of what waits for a slow handler', async () => {
    const bench = followed()
    bench.transport.pause()
    bench.publish(11, 1, owner)
    bench.request('subscribe')
    bench.publish(12, 1, owner)
    bench.answer(12, owner)
    bench.transport.resume()
    await new Promise((resolve) => setImmediate(resolve))
    expect(bench.told).toEqual([11, 12])
  })

  test('begins anew where it was ended in between: what was published then is not missing', () => {
    const bench = followed()
    bench.publish(11, 1, owner)
    bench.request('unsubscribe')
    bench.publish(12, 1, owner)
    bench.request('subscribe')
    bench.publish(13, 1, owner)
    bench.answer(13, owner)
    bench.publish(14, 1, owner)
    expect(bench.told).toEqual([11, 14])
  })
})
