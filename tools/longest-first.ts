import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * What takes longest, longest first: 15 seconds and more of one core. Vitest does not know before it has run them once, and one that is begun last keeps one core while the other
 * waits for it.
 */
export const longest: readonly string[] = [
  'integration/test/conformance.test.ts',
  'simulation/test/seeds.test.ts',
  'benchmarks/test/measurement.test.ts',
  'integration/test/published-package.test.ts',
  'integration/test/second-example.test.ts',
]

interface TestFile {
  readonly moduleId: string
}

function rankOf({ moduleId }: TestFile): number {
  const rank = longest.findIndex((path) => moduleId.endsWith(path))
  return rank === -1 ? longest.length : rank
}

/** Those that take longest before all others, which stay in their order. */
export function byLength<File extends TestFile>(files: readonly File[]): File[] {
  return [...files].sort((one, other) => rankOf(one) - rankOf(other))
}

/** The order in which test files are begun. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return byLength(await super.sort(files))
  }
}
