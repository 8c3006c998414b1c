import { expect, it } from 'vitest'
import { runScript } from '../src/run/run-script.js'
import { runSeeds } from '../src/run/run-seeds.js'
import { composeScript } from '../src/script/compose-script.js'

/** Room for a busy machine. */
const timeout = 180_000

/** How many of the first seeds; `npm run simulate` and each night take more. */
const seeds = 500

/** A hundred at a time, so that a failure says where. */
it.each(Array.from({ length: seeds / 100 }, (_, index) => 1 + index * 100))(
  'everything holds in a hundred seeds from %i on, of both exchanges, public and private',
  { timeout },
  async (from) => {
    const { seeds, failed } = await runSeeds({ from, seeds: 100, told: {} })
    expect(failed).toEqual([])
    expect(seeds).toBe(100)
  },
)

it('the same seed runs the same way, line by line', { timeout }, async () => {
  for (const seed of [3, 13, 31, 58]) {
    const first = await runScript(composeScript(seed), { isTraced: true })
    const second = await runScript(composeScript(seed), { isTraced: true })
    expect(first.trace.length).toBeGreaterThan(10)
    expect(second).toEqual(first)
  }
})
