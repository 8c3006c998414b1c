import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Share } from '../run/run-seeds.js'
import { bundleSimulation } from './bundle.js'
import type { Caught } from './caught.js'
import type { SimulationMutation } from './simulation-mutation.js'

/** How long broken code may run, ms: some of it runs in circles. */
const patienceMs = 240_000

const run = promisify(execFile)

/** Breaks the code in a copy, and runs seeds of that in a process of its own until one fails. Null where none does. Rejects where the mutation does not apply. */
export async function tryMutation(mutation: SimulationMutation, seeds: number): Promise<Caught | null> {
  const folder = await mkdtemp(join(tmpdir(), 'tapewire-mutant-'))
  try {
    const file = join(folder, 'mutant.mjs')
    await bundleSimulation(file, mutation)
    const share: Share = { from: 1, seeds, told: mutation.told ?? {} }
    const { stdout } = await run(process.execPath, [file, JSON.stringify(share)], { timeout: patienceMs })
    return JSON.parse(stdout) as Caught | null
  } catch (thrown) {
    const { killed } = thrown as { readonly killed?: boolean }
    if (killed === true) return { watch: 'time', what: `a run did not end in ${patienceMs / 1_000} s`, seed: 0, seeds }
    throw thrown
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
