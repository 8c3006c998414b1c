import type { AlertKind } from '../model/alert.js'
import type { ConnectionStrategy } from '../strategy/connection-strategy.js'

const advice: Readonly<Record<AlertKind, string>> = {
  latency:
    'Compare stages.handler and eventLoop in the metrics: a slow handler is yours to shorten, a busy event loop is other work in this process.',
  compliance:
    'Compare stages.handler and eventLoop in the metrics, and pendingMessages: most messages wait for something in this process.',
  'stale-stream':
    'Run `tapewire doctor {exchange}`: where it brings messages and this feed does not, restart the feed; where it does not either, the exchange has stopped.',
  gap: 'Fetch what is missing over REST before you rely on it, from the times in the gap event; the flight recorder has what came before.',
  drop: 'Do less in the handler, hand work over, or choose another overflowPolicy: what was dropped is gone.',
  'schema-drift':
    'The exchange has changed its format: look for a newer version of the adapter, and record what comes (`tapewire record`) for a report.',
  'reconnect-storm':
    'Run `tapewire doctor {exchange}` from this machine; look at the code of the last error, and at the exchange’s status page.',
  'breaker-open':
    'Run `tapewire doctor {exchange}` from this machine: attempts go on by themselves, and everything is restored once one succeeds.',
  'listen-key':
    'Run `tapewire doctor {exchange}` with the account’s key: the account’s streams end where its listen key does.',
  'clock-skew':
    'Synchronise this machine’s clock (NTP), and run `tapewire doctor {exchange}`, which compares the clocks.',
  'book-divergence':
    'Do not rely on the book: unsubscribe it and subscribe it again, which fetches it anew, and report the dump of the flight recorder, which has what it was made from.',
  'slow-handler': 'Do less in the handler or hand work over; what arrives waits behind it.',
  'event-loop-blocked':
    'Find what keeps this process from its event loop: synchronous work, garbage collection (gc in the metrics), a machine without a free core, or a suspended one.',
}

/** What to do about alerts, by their kind, where core's own advice does not fit. */
export type AlertAdvice = NonNullable<ConnectionStrategy['alertAdvice']>

/** What to do about an alert of this kind, for people. */
export function adviceOf(kind: AlertKind, exchange: string): string {
  return advice[kind].replace('{exchange}', exchange)
}
