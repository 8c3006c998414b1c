import { expect, test } from 'vitest'
import { composeStream, cutAnyhow, Dice } from '../../../test/support/frame-stream.js'
import { receiveInLentMemory } from '../../../test/support/walk-record.js'
import { type Verdict, wsVerdict } from '../../../test/support/ws-receiver.js'
import { FrameWalker, type WalkerLimits } from './frame-walker.js'
import { closeCodeOf } from './violation.js'

/** `TAPEWIRE_FUZZ_CASES=1000000` runs more of them; `TAPEWIRE_FUZZ_SEED` begins with another case, or repeats the one that failed. */
const cases = Number(process.env.TAPEWIRE_FUZZ_CASES ?? 20_000)
const firstSeed = Number(process.env.TAPEWIRE_FUZZ_SEED ?? 1)

/** What the walker makes of the chunks, with pauses wherever the dice fall. */
function walkerVerdict(dice: Dice, chunks: readonly Buffer[], limits: WalkerLimits): Verdict {
  const pauses = dice.chance(0.3)
  const delivered: string[] = []
  let end: string | null = null
  const walker = new FrameWalker(
    {
      onPing: (payload) => delivered.push(`ping ${payload.toString('latin1')}`),
      onPong: () => delivered.push('pong'),
      onClose: (code, reason) => {
        end = `close ${code} ${reason}`
      },
      onViolation: (violation) => {
        end = `violation ${closeCodeOf(violation)}`
      },
    },
    {
      onFrame: ({ bytes, start, end: stop, isBinary }) => {
        delivered.push((isBinary ? 'binary ' : 'text ') + bytes.toString('latin1', start, stop))
        if (pauses && dice.chance(0.3)) walker.pause()
      },
    },
    limits,
  )
  for (const chunk of chunks) {
    receiveInLentMemory(walker, chunk)
    if (pauses && dice.chance(0.5)) walker.resume()
  }
  do walker.resume()
  while (walker.hasRest)
  return { delivered, end }
}

test('reads any stream, right or wrong, cut anyhow, as the ws package does', { timeout: 60_000 + cases }, () => {
  const ends = new Set<string>()
  for (let seed = firstSeed; seed < firstSeed + cases; seed += 1) {
    const dice = new Dice(seed)
    const limits: WalkerLimits = {
      maxPayloadBytes: dice.pick([60, 300, 5000, 100_000]),
      maxFragments: 1 + dice.below(5),
    }
    const stream = composeStream(dice)
    const expected = wsVerdict(cutAnyhow(dice, stream), limits)
    const actual = walkerVerdict(dice, cutAnyhow(dice, stream), limits)
    if (!isSame(actual, expected)) {
      // Outside of expect(), which is too slow to be asked for each case.
      expect(actual, `seed ${seed}: ${stream.toString('hex')}`).toEqual(expected)
    }
    ends.add(String(expected.end).slice(0, 14))
  }
  // The generator reaches every kind of end, or it proves little.
  for (const end of [
    'null',
    'close 1000 bye',
    'violation 1002',
    'violation 1007',
    'violation 1008',
    'violation 1009',
  ]) {
    expect(ends).toContain(end)
  }
})

function isSame(actual: Verdict, expected: Verdict): boolean {
  return (
    actual.end === expected.end &&
    actual.delivered.length === expected.delivered.length &&
    actual.delivered.every((said, index) => said === expected.delivered[index])
  )
}
