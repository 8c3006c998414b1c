import type { CheckResult, ConformanceReport } from '@tapewire/testkit'

/** How an exchange came out, as one line of JSON. */
export function reportJson({ exchange, checks, passed, failed, warned, skipped }: ConformanceReport): string {
  return JSON.stringify({ exchange, checks: checks.map(checkJson), passed, failed, warned, skipped })
}

function checkJson({ failure, ...result }: CheckResult): object {
  return failure === null ? result : { ...result, failure }
}
