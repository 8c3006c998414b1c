import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/**
 * Ends a run with one plain line, `N passed, N failed` or `N passed, N failed, N skipped`, counted in tests.
 * A file that cannot be loaded and an error outside any test count as one failure each, so the line never looks
 * better than the exit code.
 */
export default class PlainLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    let passed = 0
    let skipped = 0
    let failed = unhandledErrors.length
    for (const module of modules) {
      failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed += 1
        else if (state === 'skipped') skipped += 1
        else failed += 1
      }
    }
    const skippedPart = skipped > 0 ? `, ${skipped} skipped` : ''
    process.stdout.write(`${passed} passed, ${failed} failed${skippedPart}\n`)
  }
}
