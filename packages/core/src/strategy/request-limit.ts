/**
 * How many REST requests of one kind may be made: `requests` in any `windowMs`, all at once if need be. What the exchange bears from one address, less what the user and other feeds of the
 * process may need of it.
 */
export interface RequestLimit {
  /** A whole number of at least 1. */
  readonly requests: number
  /** 1 to 2,147,483,647 ms. */
  readonly windowMs: number
}
