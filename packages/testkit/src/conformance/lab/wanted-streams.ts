import {
  type CandleInterval,
  type Channel,
  candleIntervals,
  type Stream,
  type WebSocketStrategySet,
} from '@tapewire/core'
import type { Lab } from './lab.js'

/** The candle widths that an exchange has: those that its `plan()` does not refuse. */
export function candleWidthsOf({ subscriptionStrategy }: WebSocketStrategySet, lab: Lab): readonly CandleInterval[] {
  if (!lab.has('candles')) return []
  return candleIntervals.filter((interval) => {
    try {
      const request = { channel: 'candles', instruments: lab.instruments, candleIntervals: [interval] } as const
      return subscriptionStrategy.plan(request).length > 0
    } catch {
      return false
    }
  })
}

/** What is asked of a manager. */
export interface Wanted {
  readonly channels: readonly Channel[]
  /** Null leaves it to the exchange's own option. */
  readonly candleIntervals: readonly CandleInterval[] | null
}

/** The streams that a manager plans for it, of these strategies. */
export function plannedStreams(
  { subscriptionStrategy }: WebSocketStrategySet,
  { channels, candleIntervals: widths }: Wanted,
  { instruments }: Pick<Lab, 'instruments'>,
): readonly Stream[] {
  return channels.flatMap((channel) => {
    const wanted = channel === 'candles' ? widths : null
    return subscriptionStrategy.plan({ channel, instruments, candleIntervals: wanted })
  })
}
