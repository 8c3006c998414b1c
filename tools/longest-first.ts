import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * What takes longest, longest first: 15 seconds and more of one core. Vitest does not know before it has run them once, and one that is begun last keeps one core while the other
 * waits for it.
 */
const longest = [
  'integration/test/conformance.test.ts',
  'simulation/test/seeds.test.ts',
  'benchmarks/test/measurement.test.ts',
  'integration/test/published-package.test.ts',
  'integration/test/second-example.test.ts',
]

function rankOf({ moduleId }: TestSpecification): number {
  const rank = longest.findIndex((path) => moduleId.endsWith(path))
  return rank === -1 ? longest.length : rank
}

/** The order in which test files are begun: those that take longest before all others. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, other) => rankOf(one) - rankOf(other))
  }
}
