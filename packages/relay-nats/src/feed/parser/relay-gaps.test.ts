import { parseInstrument } from '@tapewire/core'
import { createStream, type EndedGap, type GapOutcome } from '@tapewire/core/adapter'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RelayedGap } from '../../encoding/records/gap.js'
import { RelayGaps } from './relay-gaps.js'

const instrument = parseInstrument('BTC/USDT')
const stream = createStream({ id: 'trades', channels: ['trades'], instrument, wireChannel: 'trades', wireSymbol: null })
const never = { signal: new AbortController().signal }
const ours: EndedGap = { stream, from: 1_000, to: 2_000, reason: 'gapped at its relay' }

const gapOf = (to: number | null, given: Partial<RelayedGap> = {}): RelayedGap => ({
  from: 0,
  to,
  reason: 'connection lost',
  action: 'backfilled',
  backfilled: 3,
  fault: null,
  ...given,
})

/** What a promise has settled as by now; `waiting` where it has not. */
async function soFar(promise: Promise<unknown>): Promise<unknown> {
  return Promise.race([promise, new Promise((resolve) => setImmediate(() => resolve('waiting')))])
}

const backfilled: GapOutcome = { action: 'backfilled', backfilled: 3, fault: null }

describe('a gap in which the stream was away at its relay', () => {
  test('waits for what the relay says of it, and is told so', async () => {
    const gaps = new RelayGaps()
    gaps.noteAway(stream, 7, 100)
    const outcome = gaps.outcomeOf(ours, never)
    expect(await soFar(outcome)).toBe('waiting')
    gaps.noteGap(stream, 7, gapOf(150))
    expect(await outcome).toEqual(backfilled)
    // Of the next one the relay has said nothing.
    expect(await gaps.outcomeOf(ours, never)).toBeNull()
  })

  test.each<Partial<RelayedGap>>([
    { action: 'lost', backfilled: 0, fault: 'what was missed cannot be fetched' },
    { action: 'partly-backfilled', backfilled: 2, fault: 'too long ago' },
    { action: 'resynchronised', backfilled: 0, fault: null },
  ])('is told as the relay tells it: $action', async (given) => {
    const gaps = new RelayGaps()
    gaps.noteAway(stream, 7, 100)
    gaps.noteGap(stream, 7, gapOf(150, given))
    expect(await gaps.outcomeOf(ours, never)).toEqual(given)
  })

  test('is what the ordinary way makes of it where the relay was never away', async () => {
    const gaps = new RelayGaps()
    expect(await gaps.outcomeOf(ours, never)).toBeNull()
    gaps.noteHole(stream, '4 records of the relay never came.')
    expect(await gaps.outcomeOf(ours, never)).toBeNull()
    gaps.noteGap(stream, 7, gapOf(150))
    expect(await gaps.outcomeOf(ours, never)).toBeNull()
  })

  test.each([
    ['records are missing', (gaps: RelayGaps) => gaps.noteHole(stream, 'it is gone')],
    ['another relay takes over', (gaps: RelayGaps) => gaps.noteTakeOver(stream)],
    ['the connection to NATS is lost', (gaps: RelayGaps) => gaps.noteConnection(3_000)],
  ])('is lost where %s before the relay has said it, and waits no longer', async (_, happen) => {
    const gaps = new RelayGaps()
    gaps.noteAway(stream, 7, 100)
    const outcome = gaps.outcomeOf(ours, never)
    happen(gaps)
    expect(await outcome).toMatchObject({ action: 'lost', backfilled: 0, fault: expect.any(String) })
  })

  test('is made up for in part where the relay made up for it, and more went missing on the way', async () => {
    const gaps = new RelayGaps()
    gaps.noteHole(stream, '4 records of the relay never came.')
    gaps.noteAway(stream, 7, 100)
    gaps.noteGap(stream, 7, gapOf(150))
    const fault = '4 records of the relay never came.'
    expect(await gaps.outcomeOf(ours, never)).toEqual({ action: 'partly-backfilled', backfilled: 3, fault })
    // The connection was there anew within the gap.
    gaps.noteConnection(1_500)
    gaps.noteAway(stream, 7, 200)
    expect(await gaps.outcomeOf(ours, never)).toMatchObject({ action: 'lost' })
  })

  test('is not broken off by a take-over where its relay has said it already', async () => {
    const gaps = new RelayGaps()
    gaps.noteAway(stream, 7, 100)
    gaps.noteGap(stream, 7, gapOf(150))
    gaps.noteTakeOver(stream)
    expect(await gaps.outcomeOf(ours, never)).toEqual(backfilled)
  })

  test('is not ended by what another relay says, nor by a gap that was over before', async () => {
    const gaps = new RelayGaps()
    gaps.noteAway(stream, 7, 100)
    const outcome = gaps.outcomeOf(ours, never)
    gaps.noteGap(stream, 3, gapOf(150))
    gaps.noteGap(stream, 7, gapOf(99))
    expect(await soFar(outcome)).toBe('waiting')
    gaps.noteGap(stream, 7, gapOf(null, { action: 'lost', backfilled: 0, fault: 'closed' }))
    expect(await outcome).toMatchObject({ action: 'lost', fault: 'closed' })
  })

  test('ends with its signal', async () => {
    const gaps = new RelayGaps()
    gaps.noteAway(stream, 7, 100)
    const controller = new AbortController()
    const outcome = gaps.outcomeOf(ours, { signal: controller.signal })
    controller.abort(new Error('closed'))
    await expect(outcome).rejects.toThrow('closed')
  })

  test('has what was fetched counted once, however the relay’s gaps and ours are cut', async () => {
    const cuts = fc.array(fc.record({ isRelayCut: fc.boolean(), isOurCut: fc.boolean() }), {
      minLength: 1,
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(cuts, async (times) => {
        const gaps = new RelayGaps()
        const outcomes: Promise<GapOutcome | null>[] = []
        let fetched = 0
        const finish = (to: number): void => {
          fetched += to
          gaps.noteGap(stream, 7, gapOf(to, { backfilled: to }))
        }
        times.forEach(({ isRelayCut, isOurCut }, time) => {
          gaps.noteAway(stream, 7, time)
          if (isOurCut || time === times.length - 1) outcomes.push(gaps.outcomeOf(ours, never))
          if (isRelayCut || time === times.length - 1) finish(time)
        })
        const said = await Promise.all(outcomes)
        expect(said.map((one) => one?.action)).toEqual(said.map(() => 'backfilled'))
        expect(said.reduce((sum, one) => sum + (one?.backfilled ?? 0), 0)).toBe(fetched)
      }),
    )
  })
})
