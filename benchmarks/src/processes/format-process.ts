// What it costs to turn streams into subscription requests, in a process of its own.
import { toInstrument } from '@tapewire/core'
import { createEnv } from '@tapewire/core/adapter'
import { strategiesFor } from '../workloads/strategies.js'
import type { Venue } from '../workloads/workload.js'
import { commands, report } from './child-side.js'

export interface FormatCommand {
  readonly kind: 'format'
  readonly venue: Venue
  readonly channel: 'orderbook' | 'trades' | 'book_ticker'
  readonly streams: number
  readonly seconds: number
}

/** Nanoseconds a stream. */
export interface FormatReport {
  readonly kind: 'formatted'
  readonly planNs: number
  readonly formatNs: number
  readonly byHandNs: number
}

/** Bytes of what was composed, so that composing it cannot be left out. */
let composedBytes = 0

function format({ venue, channel, streams, seconds }: FormatCommand): FormatReport {
  const { subscriptionStrategy } = strategiesFor({ venue, keepsBook: false })
  const instruments = Array.from({ length: streams }, (_, index) => toInstrument(`A${index}/USDT`))
  const planned = subscriptionStrategy.plan({ channel, instruments, candleIntervals: null })
  let requestId = 0
  const context = { ...createEnv(), nextRequestId: () => ++requestId }
  const nanoseconds = (work: () => number): number => nanosecondsPerCall(work, seconds) / streams
  return {
    kind: 'formatted',
    planNs: nanoseconds(() => subscriptionStrategy.plan({ channel, instruments, candleIntervals: null }).length),
    formatNs: nanoseconds(() => {
      const messages = subscriptionStrategy.createSubscriptionMessages('subscribe', planned, context)
      return Array.isArray(messages) ? messages.length : 0
    }),
    byHandNs: nanoseconds(() => {
      const payload = planned.map(({ wireSymbol }) => wireSymbol)
      return JSON.stringify({
        time: Math.floor(Date.now() / 1000),
        id: ++requestId,
        channel,
        event: 'subscribe',
        payload,
      }).length
    }),
  }
}

/** Mean time of a call, after a fifth of the time was spent on having it compiled. */
function nanosecondsPerCall(work: () => number, seconds: number): number {
  callFor(work, seconds / 5)
  const startedAt = performance.now()
  const calls = callFor(work, seconds)
  return ((performance.now() - startedAt) * 1e6) / calls
}

function callFor(work: () => number, seconds: number): number {
  const deadline = performance.now() + seconds * 1000
  let calls = 0
  while (performance.now() < deadline) {
    for (let index = 0; index < 10; index += 1) composedBytes += work()
    calls += 10
  }
  if (composedBytes === 0) throw new Error('Nothing was composed.')
  return calls
}

commands<FormatCommand>((command) => report(format(command)))
