import { inspect, isDeepStrictEqual } from 'node:util'

/** What a failed check knows of why. */
export interface FailureDetails {
  readonly expected?: unknown
  readonly got?: unknown
  /** The frame that was read wrongly, or that should not have been sent. */
  readonly frame?: string | Uint8Array
  /** The file of the adapter that is most likely wrong, where the check itself knows a better one: `parsers/trades.ts`. */
  readonly file?: string
}

/** The adapter does not do what a check asks for. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure'
  readonly details: FailureDetails

  constructor(what: string, details: FailureDetails = {}) {
    super(what)
    this.details = details
  }
}

/** The check asks for something that this exchange does not have. */
export class CheckSkipped extends Error {
  override readonly name = 'CheckSkipped'
}

/** Ends the check: the adapter does not do what it asks for. */
export function fail(what: string, details: FailureDetails = {}): never {
  throw new CheckFailure(what, details)
}

/** Ends the check without a verdict; `reason` is a whole sentence. */
export function skip(reason: string): never {
  throw new CheckSkipped(reason)
}

/** Fails, in these words, where a condition does not hold. */
export function expectTrue(condition: boolean, what: string, details: FailureDetails = {}): asserts condition {
  if (!condition) fail(what, details)
}

/** Fails where two values differ anywhere. */
export function expectEqual(got: unknown, expected: unknown, what: string, details: FailureDetails = {}): void {
  if (!isDeepStrictEqual(got, expected)) fail(what, { expected, got, ...details })
}

/** A value as a report shows it: on one line, and not longer than a person reads. */
export function shown(value: unknown): string {
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 20, maxStringLength: 400 })
  return text.length > 1_000 ? `${text.slice(0, 1_000)}…` : text
}
