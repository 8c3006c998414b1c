import { adjacentRanges, type BookRules } from '@tapewire/core/adapter'

/**
 * How Newex's books are kept true: the stream begins with a snapshot, and each update begins with the id behind the last.
 * Left to write: whether that is so, how deep the stream goes, and where to ask for a snapshot over REST.
 */
export const bookRules: BookRules = {
  source: 'stream',
  depth: null,
  continuity: adjacentRanges,
  snapshotTimeoutMs: 10_000,
  audit: null,
}
