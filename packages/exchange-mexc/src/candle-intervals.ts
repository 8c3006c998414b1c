import type { CandleInterval } from '@tapewire/core'

/** The candle widths MEXC has: all of ours but `10s`. */
export type MexcCandleInterval = Exclude<CandleInterval, '10s'>

/** MEXC's names of them. Source: MEXC spot v3 API docs, "K-line Streams". */
export const wireIntervals: Readonly<Record<MexcCandleInterval, string>> = {
  '1m': 'Min1',
  '5m': 'Min5',
  '15m': 'Min15',
  '30m': 'Min30',
  '1h': 'Min60',
  '4h': 'Hour4',
  '8h': 'Hour8',
  '1d': 'Day1',
  '1w': 'Week1',
  '1M': 'Month1',
}

const intervalsByWireName = new Map(
  Object.entries(wireIntervals).map(([interval, wireName]) => [wireName, interval as MexcCandleInterval]),
)

/** Our name of a wire interval; null for one nobody documents. */
export function candleIntervalOf(wireName: string): MexcCandleInterval | null {
  return intervalsByWireName.get(wireName) ?? null
}
