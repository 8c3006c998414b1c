import type { ConformanceCheck } from '../../check.js'
import { listingChecks } from './listing.js'
import { refusedSymbolChecks } from './refused.js'
import { spellingChecks } from './spelling.js'

/** How the exchange spells instruments, and which it has. */
export const symbolChecks: readonly ConformanceCheck[] = [...spellingChecks, ...refusedSymbolChecks, ...listingChecks]
