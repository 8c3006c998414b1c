import { expect, test } from 'vitest'
import { resolveAlertOptions } from './alert-options.js'

test('what is left out or undefined has its default', () => {
  const { latencyP99Ms, drops, ignore } = resolveAlertOptions({ latencyP99Ms: 5, drops: undefined as never })
  expect([latencyP99Ms, drops, ignore]).toEqual([5, 0, []])
})

test('options that cannot be meant are refused, all together and with what is likely meant', () => {
  const wrong = { latencyP99: 5, staleMs: 10, complianceRate: 80, ignore: ['stale'] }
  expect(() => resolveAlertOptions(wrong as never)).toThrowErrorMatchingInlineSnapshot(`
    [StreamError: The options of alerts are not valid: latencyP99 is not an option (did you mean latencyP99Ms?); ignore.0 must be one of latency, compliance, stale-stream, gap, drop, schema-drift, reconnect-storm, breaker-open, listen-key, clock-skew, book-divergence, slow-handler, event-loop-blocked; complianceRate must be <= 1; staleMs must be >= 1000.  [ERR_INVALID_CONFIG]
    Known options: ignore, raiseAfterMs, clearAfterMs, latencyP99Ms, complianceRate, staleMs, gappedMs, bookGaps, drops, unreadableShare, reconnectAttempts, clockSkewMs, lagMs, pendingMessages, handlerMs, eventLoopDelayMs.]
  `)
  expect(() => resolveAlertOptions(null as never)).toThrow(/^The options of alerts are not valid: the options must be/)
})
