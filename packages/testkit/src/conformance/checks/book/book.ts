import type { ConformanceCheck } from '../../check.js'
import { faultyStreamChecks } from './faulty-streams.js'
import { snapshotChecks } from './snapshots.js'
import { standingBookChecks } from './standing-books.js'

/** How order books are kept true. */
export const bookChecks: readonly ConformanceCheck[] = [...standingBookChecks, ...snapshotChecks, ...faultyStreamChecks]
