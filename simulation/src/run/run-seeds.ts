import { composeScript, type Told } from '../script/compose-script.js'
import type { Violation } from '../world/world.js'
import { runScript } from './run-script.js'

/** A share of the seeds, as a worker is given it. */
export interface Share {
  readonly from: number
  readonly seeds: number
  readonly told: Told
}

/** How a share came out: what it amounts to, and the seeds that failed. */
export interface ShareResult {
  readonly seeds: number
  readonly moments: number
  readonly virtualMs: number
  readonly connections: number
  readonly failed: readonly { readonly seed: number; readonly violation: Violation }[]
}

/** Runs a share, one seed after the other; with `isEnough` it ends with the first that fails. */
export async function runSeeds(
  { from, seeds, told }: Share,
  isEnough: (failed: number) => boolean = () => false,
): Promise<ShareResult> {
  const failed: { seed: number; violation: Violation }[] = []
  const total = { seeds: 0, moments: 0, virtualMs: 0, connections: 0 }
  for (let seed = from; seed < from + seeds && !isEnough(failed.length); seed++) {
    const { violation, moments, virtualMs, connections } = await runScript(composeScript(seed, told))
    total.seeds += 1
    total.moments += moments
    total.virtualMs += virtualMs
    total.connections += connections
    if (violation !== null) failed.push({ seed, violation })
  }
  return { ...total, failed }
}
