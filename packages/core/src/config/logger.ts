import { type Logger, pino } from 'pino'

/** Says nothing: a library is silent unless told otherwise. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' })
}
