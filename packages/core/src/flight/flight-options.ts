import { optionsChecker } from '../config/check-options.js'

/** What a flight recorder keeps, and when it writes it down; everything has a default. */
export interface FlightRecorderOptions {
  /** The folder that dumps are written to; it is made where it is not there. Without one, only `dumpFlight(path)` writes. */
  readonly directory?: string
  /** How far back a dump goes, s, 1 to 3,600; default 30. As far as `maxBytes` hold: then it says how far. */
  readonly seconds?: number
  /** Memory for the frames, bytes, 65,536 and up; taken at once. Default 16,777,216 (16 MiB). REST answers may take a quarter as much beside it. */
  readonly maxBytes?: number
  /** How long after a dump the next one is written at the earliest, ms, unless it is asked for; default 60,000. */
  readonly minIntervalMs?: number
  /** So many dumps of its own it leaves in the folder, 1 and up: the oldest are removed. Default 20. */
  readonly maxDumps?: number
}

/** The options with every default filled in. */
export interface FlightSettings extends Required<Omit<FlightRecorderOptions, 'directory'>> {
  readonly directory: string | null
}

const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    directory: { type: 'string', minLength: 1 },
    seconds: { type: 'number', minimum: 1, maximum: 3_600 },
    maxBytes: { type: 'integer', minimum: 65_536, maximum: 1_073_741_824 },
    minIntervalMs: { type: 'number', minimum: 0 },
    maxDumps: { type: 'integer', minimum: 1 },
  },
} as const

const check = optionsChecker<FlightRecorderOptions>('The options of the flight recorder are not valid', schema)

/** Throws `ERR_INVALID_CONFIG`, naming all mistakes. */
export function resolveFlightOptions(options: FlightRecorderOptions): FlightSettings {
  check(options)
  const { directory = null, seconds = 30, maxBytes = 16 * 1024 * 1024, minIntervalMs = 60_000, maxDumps = 20 } = options
  return { directory, seconds, maxBytes, minIntervalMs, maxDumps }
}
