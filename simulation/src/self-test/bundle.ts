import { join } from 'node:path'
import { bundleSources, type Mutation, workspace } from 'tapewire-mutants'

/** A bundle of the simulation as one file, made from the sources of every package of ours, with the mutation where there is one. */
export function bundleSimulation(outfile: string, mutation: Mutation | null): Promise<void> {
  return bundleSources({ entryPoints: [join(workspace, 'simulation/src/self-test/mutant.ts')], outfile }, mutation)
}
