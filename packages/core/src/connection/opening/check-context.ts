import { longestTimerMs } from '../../clock/longest-timer.js'
import type { ConnectionContext } from '../../strategy/connection-strategy.js'
import { invalidStrategy } from '../strategy-fault.js'

/** What each field must be, and whether it is. */
const rules: {
  readonly [Field in keyof ConnectionContext]: readonly [what: string, holds: (value: unknown) => boolean]
} = {
  url: ['text', isText],
  headers: ['an object of texts', (value) => isObject(value) && Object.values(value).every(isText)],
  authRequired: ['true or false', (value) => typeof value === 'boolean'],
  authParams: ['an object or null', (value) => value === null || isObject(value)],
  pingIntervalMs: ['0 to 2147483647', isDelay],
  pingTimeoutMs: ['0 to 2147483647', isDelay],
  pingMessage: ['text or null', (value) => value === null || isText(value)],
  maxReconnectAttempts: ['a number from 0 up, or null', (value) => value === null || isCount(value)],
  reconnectDelayMs: ['0 to 2147483647, or null', (value) => value === null || isDelay(value)],
}

/**
 * Checks what `context()` resolved with while it can still be said where it came from: a ping that is `undefined` would fail in a timer, and an interval
 * that is NaN would mean that nobody ever pings. Throws `ERR_INVALID_STRATEGY` naming the first wrong field, and never its value, which may be secret.
 */
export function checkContext(context: ConnectionContext | undefined): asserts context is ConnectionContext {
  if (!isObject(context)) throw invalidStrategy('context() resolved with no context.')
  for (const field of Object.keys(rules) as (keyof ConnectionContext)[]) {
    const [what, holds] = rules[field]
    if (!holds(context[field])) throw invalidStrategy(`The ${field} that context() resolved with is not ${what}.`)
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isDelay(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= longestTimerMs
}

/** Infinity is one: attempts without end. */
function isCount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0
}
