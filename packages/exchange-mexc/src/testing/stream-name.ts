import type { Instrument } from '@tapewire/core'
import { candleIntervalOf, type MexcCandleInterval } from '../candle-intervals.js'
import { timezones } from '../timezones.js'

/** What a stream's name asks for. */
export type StreamSpec =
  | {
      readonly kind: 'aggreDepth' | 'aggreDeals' | 'aggreBookTicker'
      readonly pair: Instrument
      readonly intervalMs: number
    }
  | { readonly kind: 'limitDepth'; readonly pair: Instrument; readonly depth: number }
  | { readonly kind: 'bookTickerBatch' | 'miniTicker'; readonly pair: Instrument }
  | { readonly kind: 'kline'; readonly pair: Instrument; readonly interval: MexcCandleInterval }
  | { readonly kind: 'miniTickers' }
  | { readonly kind: 'private' }

const publicName = /^spot@public\.(?<channel>[a-zA-Z.]+)\.v3\.api\.pb@(?<rest>.+)$/
const privateName = /^spot@private\.(orders|deals|account)\.v3\.api\.pb$/

/** Reads a stream's name; null for one MEXC blocks: an unknown or lower-case symbol, a retired channel, a missing argument. */
export function readStreamName(name: string, pairs: ReadonlyMap<string, Instrument>): StreamSpec | null {
  if (privateName.test(name)) return { kind: 'private' }
  const { channel, rest = '' } = publicName.exec(name)?.groups ?? {}
  const parts = rest.split('@')
  if (channel === 'miniTickers') return parts.length === 1 && isTimezone(rest) ? { kind: 'miniTickers' } : null
  if (channel?.startsWith('aggre.')) return readAggregated(channel, parts, pairs)
  const pair = pairs.get(parts[0] ?? '')
  if (pair === undefined) return null
  const argument = parts.slice(1).join('@')
  switch (channel) {
    case 'limit.depth':
      return ['5', '10', '20'].includes(argument) ? { kind: 'limitDepth', pair, depth: Number(argument) } : null
    case 'bookTicker.batch':
      return argument === '' ? { kind: 'bookTickerBatch', pair } : null
    case 'miniTicker':
      return isTimezone(argument) ? { kind: 'miniTicker', pair } : null
    case 'kline': {
      const interval = candleIntervalOf(argument)
      return interval === null ? null : { kind: 'kline', pair, interval }
    }
    default:
      return null
  }
}

const aggregated = {
  'aggre.depth': 'aggreDepth',
  'aggre.deals': 'aggreDeals',
  'aggre.bookTicker': 'aggreBookTicker',
} as const

function readAggregated(
  channel: string,
  [interval, symbol, ...more]: readonly string[],
  pairs: ReadonlyMap<string, Instrument>,
): StreamSpec | null {
  const kind = aggregated[channel as keyof typeof aggregated]
  const pair = pairs.get(symbol ?? '')
  if (kind === undefined || pair === undefined || more.length > 0) return null
  if (interval !== '100ms' && interval !== '10ms') return null
  return { kind, pair, intervalMs: interval === '10ms' ? 10 : 100 }
}

function isTimezone(text: string): boolean {
  return (timezones as readonly string[]).includes(text)
}
