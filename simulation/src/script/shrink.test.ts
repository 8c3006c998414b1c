import { describe, expect, it } from 'vitest'
import { composeScript } from './compose-script.js'
import type { Script } from './script.js'
import { shrink } from './shrink.js'

describe('composeScript', () => {
  it('makes the same of the same seed, and something else of another', () => {
    expect(composeScript(7)).toEqual(composeScript(7))
    expect(composeScript(8)).not.toEqual({ ...composeScript(7), seed: 8 })
  })

  it('has each exchange, each side and each kind of happening among a few hundred seeds', () => {
    const scripts = Array.from({ length: 400 }, (_, seed) => composeScript(seed))
    const kinds = new Set(scripts.flatMap(({ steps }) => steps.map(({ kind }) => kind)))
    expect(new Set(scripts.map(({ exchange, isPrivate }) => `${exchange} ${isPrivate}`)).size).toBe(4)
    expect(kinds.size).toBe(30)
  })

  it('leaves to a seed only what is not told', () => {
    const script = composeScript(5, { exchange: 'mexc_spot', side: 'private' })
    expect([script.exchange, script.isPrivate]).toEqual(['mexc_spot', true])
  })
})

describe('shrink', () => {
  const original: Script = {
    ...composeScript(1, { exchange: 'gateio_spot', side: 'public' }),
    first: { pairs: [0, 1], channels: ['orderbook', 'trades'] },
    pairs: 2,
    steps: [
      { at: 0, kind: 'skip-updates', pair: 1, pushes: 1 },
      { at: 1_000, kind: 'cut', which: null },
      { at: 2_000, kind: 'stall', forMs: 8_000 },
      { at: 3_000, kind: 'half-open', which: 0.5 },
      { at: 4_000, kind: 'close-frame', which: null, code: null },
    ],
  }

  it('leaves the steps that matter, as short as they may be, and nothing else', async () => {
    const fails = async ({ steps, first }: Script): Promise<boolean> =>
      steps.some(({ kind }) => kind === 'stall') &&
      steps.some(({ kind }) => kind === 'close-frame') &&
      first.channels.includes('trades')
    const { steps, first, config, pairs } = await shrink(original, fails)
    expect(steps).toEqual([
      { at: 2_000, kind: 'stall', forMs: 125 },
      { at: 4_000, kind: 'close-frame', which: null, code: null },
    ])
    expect([first, config, pairs]).toEqual([{ pairs: [0], channels: ['trades'] }, {}, 1])
  })

  it('leaves a script as it is where everything in it matters', async () => {
    expect(await shrink(original, async () => false)).toEqual(original)
  })
})
