import { optionsChecker } from '../config/check-options.js'

/** How books behave; everything has a default. */
export interface BookOptions {
  /**
   * What to do when the best bid reaches the best ask: `resync` reports it and fetches the book anew (default), `report` only
   * reports, `ignore` does neither.
   */
  readonly crossed?: 'resync' | 'report' | 'ignore'
  /** Updates one book keeps while it waits for its snapshot; default 1,000. */
  readonly maxBufferedUpdates?: number
  /** Changed levels one book remembers for `changesSince`; default 1,024. */
  readonly changeLogSize?: number
  /** How often one of the books is compared with a REST snapshot, in rotation, ms; 0 never (default). */
  readonly auditIntervalMs?: number
  /** Levels a side that are compared; default 20. */
  readonly auditDepth?: number
}

const defaults: Required<BookOptions> = {
  crossed: 'resync',
  maxBufferedUpdates: 1_000,
  changeLogSize: 1_024,
  auditIntervalMs: 0,
  auditDepth: 20,
}

const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    crossed: { type: 'string', enum: ['resync', 'report', 'ignore'] },
    maxBufferedUpdates: { type: 'integer', minimum: 1 },
    changeLogSize: { type: 'integer', minimum: 1 },
    auditIntervalMs: { type: 'integer', minimum: 0 },
    auditDepth: { type: 'integer', minimum: 1 },
  },
} as const

const checkBookOptions: (options: unknown) => asserts options is BookOptions = optionsChecker<BookOptions>(
  'book options',
  schema,
)

/** The options with every default filled in. Throws `ERR_INVALID_CONFIG`, naming all mistakes. */
export function resolveBookOptions(options: BookOptions = {}): Required<BookOptions> {
  checkBookOptions(options)
  return { ...defaults, ...options }
}
