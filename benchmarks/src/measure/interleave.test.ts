import { describe, expect, it } from 'vitest'
import { type Build, thisBuild } from '../processes/build.js'
import type { RunOptions } from '../scenario.js'
import { type Contestant, interleave } from './interleave.js'

const other: Build = { folder: new URL('file:///elsewhere/') }
const options: RunOptions = { runs: 2, seconds: 1, minutes: 1, only: null, other: null, progress: () => {} }

/** Contestants that only note their turns, each with its number as its figure. */
function contestants(turns: string[]): Contestant[] {
  const noting = (label: string): Contestant['measure'] => {
    return async (build) => {
      turns.push(build === thisBuild ? label : `${label} of the other build`)
      return { turn: turns.length }
    }
  }
  return [
    { label: 'ours', missing: null, isOurs: true, measure: noting('ours') },
    { label: 'theirs', missing: null, measure: noting('theirs') },
    { label: 'ours too', missing: null, isOurs: true, measure: noting('ours too') },
  ]
}

describe('interleave', () => {
  it('lets all take turns, run after run', async () => {
    const turns: string[] = []
    const rows = await interleave(contestants(turns), options)
    expect(turns).toEqual(['ours', 'theirs', 'ours too', 'ours', 'theirs', 'ours too'])
    expect(rows.map(({ samples }) => samples)).toEqual([{ turn: [1, 4] }, { turn: [2, 5] }, { turn: [3, 6] }])
  })

  it('measures two builds of each of ours one after the other, and nobody else', async () => {
    const turns: string[] = []
    const rows = await interleave(contestants(turns), { ...options, runs: 1, other })
    expect(turns).toEqual(['ours', 'ours of the other build', 'ours too', 'ours too of the other build'])
    expect(rows[0]?.samples).toEqual({ turn: [1], 'turn, other build': [2] })
  })

  it('counts neither build of a run in which one fails', async () => {
    const measure: Contestant['measure'] = async (build) => {
      if (build === other) throw new Error('it broke')
      return { turn: 1 }
    }
    const rows = await interleave([{ label: 'ours', missing: null, isOurs: true, measure }], { ...options, other })
    expect(rows).toEqual([{ label: 'ours', state: 'failed', reason: 'it broke', samples: {} }])
  })
})
