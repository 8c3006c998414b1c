/**
 * What the exchange says over REST of a stream that is quiet: it has gone on without the stream (`behind`), or has nothing that was not told (`even`). `unknown` where it cannot be asked, or what it
 * says proves neither.
 */
export type LookOutcome = 'behind' | 'even' | 'unknown'
