import { checkAreas } from './check.js'
import { CheckFailure } from './check-failure.js'
import type { RunMemory } from './lab/lab.js'
import { failureText } from './run/failure-text.js'
import { runCheck } from './run/run-check.js'
import { chosenChecks } from './run/run-conformance.js'
import type { Subject } from './subject.js'

/** What a test has of its runner: vitest's and jest's second way to skip, or node:test's. Absent in some. */
export interface TestContext {
  skip?(reason?: string): unknown
}

/** What conformance tests are declared with. */
export interface ConformanceTests extends Subject {
  /** The runner's own: vitest, jest and what is like it, node:test. */
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: (name: string, test: (...given: readonly [TestContext?]) => Promise<void>, timeoutMs?: number) => unknown
  /** Ids or areas, as in `runConformance`. */
  readonly only?: readonly string[]
}

/** Longer than any check is allowed to take, ms. */
const timeoutMs = 60_000

/**
 * Declares the conformance checks as tests, an area a block. A check that cannot be run is skipped where the runner can be told so from within a test, and passes with its
 * reason printed otherwise.
 *
 * @example
 * import { describe, it } from 'vitest'
 * conformance({ exchange: acmeSpot, venue: acmeSpotEmulation, describe, it })
 */
export function conformance({ describe, it, only, ...subject }: ConformanceTests): void {
  const shared: RunMemory = new Map()
  const checks = chosenChecks(only)
  describe(`${subject.exchange.name} conforms`, () => {
    for (const area of checkAreas) {
      const ofArea = checks.filter(({ id }) => id.startsWith(`${area}.`))
      if (ofArea.length === 0) continue
      describe(area, () => {
        for (const check of ofArea) {
          it(
            `${check.id}: ${check.title}`,
            async (...given) => {
              // Jest takes a parameter with a name for a callback.
              const [context] = given
              const result = await runCheck(check, subject, shared)
              if (result.status === 'skip') {
                if (typeof context?.skip === 'function') context.skip(result.reason ?? '')
                else process.stdout.write(`${check.id} was not checked: ${result.reason}\n`)
              }
              if (result.status === 'fail') throw new CheckFailure(failureText(result))
            },
            timeoutMs,
          )
        }
      })
    }
  })
}
