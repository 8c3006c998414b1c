import type { ConformanceCheck } from '../../check.js'
import { checksumChecks } from './checksums.js'
import { lossChecks } from './losses.js'
import { mishapChecks } from './mishaps.js'
import { newBeginningChecks } from './new-beginnings.js'
import { snapshotChecks } from './snapshots.js'
import { standingBookChecks } from './standing-books.js'

/** How order books are kept true. */
export const bookChecks: readonly ConformanceCheck[] = [
  ...standingBookChecks,
  ...snapshotChecks,
  ...lossChecks,
  ...mishapChecks,
  ...checksumChecks,
  ...newBeginningChecks,
]
