import { createRequire } from 'node:module'

type Write = (fields: Readonly<Record<string, unknown>>, message?: string) => void

/** What the library logs with: one event name a line, in `event`. A pino logger fits as it is. */
export interface Log {
  trace: Write
  debug: Write
  info: Write
  warn: Write
  error: Write
  child(bindings: Record<string, unknown>): Log
  /** Whether lines of a level are written; a logger without it is taken to write all. */
  isLevelEnabled?(level: string): boolean
}

/** How much is logged, where no logger is given. */
export type LogLevel = (typeof logLevels)[number]

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const

const nothing: Write = () => {}
const silent: Log = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silent,
}

/** Whether what is logged as a warning is written anywhere. */
export function showsWarnings(logger: Log | undefined, level: LogLevel = 'silent'): boolean {
  if (logger !== undefined) return logger.isLevelEnabled?.('warn') ?? true
  return logLevels.indexOf(level) >= logLevels.indexOf('warn')
}

/** The logger to use: the one given; pino on standard output for a level; or none, because a library is silent unless told otherwise. */
export function chooseLogger(logger: Log | undefined, level: LogLevel = 'silent'): Log {
  if (logger !== undefined) return logger
  if (level === 'silent') return silent
  // Loaded only when it is wanted: it takes longer to load than the rest of the library.
  const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino')
  return pino({ level })
}
