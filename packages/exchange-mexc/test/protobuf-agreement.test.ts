import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PushDataV3ApiWrapper } from '../src/shared/generated/push-data.js'
import { sampleFrames } from './fixtures/sample-frames.js'
import { decodeIndependently, encodeIndependently } from './support/independent-codec.js'
import { anyPush, plainPush } from './support/push-arbitrary.js'
import { wholePush } from './support/whole-push.js'

/** A small share by default; `pnpm fuzz` sets 100,000. */
const runs = Number(process.env.TAPEWIRE_FUZZ_RUNS ?? 5_000)

describe('generated codec', () => {
  it.each(sampleFrames)('decodes and encodes $name byte for byte', ({ hex, json }) => {
    const push = wholePush(Buffer.from(hex, 'hex'))
    expect(Buffer.from(PushDataV3ApiWrapper.encode(push).finish()).toString('hex')).toBe(hex)
    expect(decodeIndependently(PushDataV3ApiWrapper.encode(push).finish(), String)).toEqual(json)
  })

  it.each(sampleFrames)('has the definitions that give $name its bytes', ({ hex, json }) => {
    expect(encodeIndependently(json).toString('hex')).toBe(hex)
  })

  it('reads what an independent library writes from the same definitions', { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(anyPush, (push) => expectSame(wholePush(encodeIndependently(plainPush(push))), push)),
      { numRuns: runs },
    )
  })

  it('writes what an independent library reads the same way', () => {
    fc.assert(
      fc.property(anyPush, (push) => {
        const bytes = PushDataV3ApiWrapper.encode(push).finish()
        expect(decodeIndependently(bytes, Number)).toEqual(
          decodeIndependently(encodeIndependently(plainPush(push)), Number),
        )
      }),
      { numRuns: 500 },
    )
  })
})

/** As text first, which settles nearly all at a fraction of the cost. */
function expectSame(actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual).toEqual(expected)
}
