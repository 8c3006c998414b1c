import type { Instrument } from '@tapewire/core'
import type { CandleWidth } from '@tapewire/testkit'
import { streamCandleWidth } from './feeds/candles.js'

/** A client's text frame, as far as MEXC reads it. */
export interface ClientRequest {
  readonly method: string
  readonly params: readonly string[]
  /** 0 where the client gave none. */
  readonly id: number
}

/** What a client asks; null for what is no request. */
export function readRequest(text: string): ClientRequest | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const { method, params = [], id = 0 } = (value ?? {}) as { method?: unknown; params?: unknown; id?: unknown }
  if (typeof method !== 'string' || !Array.isArray(params)) return null
  // What is no name is refused like a name that is unknown.
  const names = params.map((name) => (typeof name === 'string' ? name : JSON.stringify(name)))
  return { method, params: names, id: typeof id === 'number' ? id : 0 }
}

/** Whether it asks for a pong. ccxt writes the method in lower case, and is answered; of no other method is that known. Source: ccxt/ccxt:ts/src/pro/mexc.ts. */
export function isPing({ method }: ClientRequest): boolean {
  return method === 'PING' || method === 'ping'
}

/** What a stream's name asks for. */
export type StreamSpec =
  | {
      readonly kind: 'aggreDepth' | 'aggreDeals' | 'aggreBookTicker'
      readonly pair: Instrument
      readonly intervalMs: number
    }
  | { readonly kind: 'limitDepth'; readonly pair: Instrument; readonly depth: number }
  | { readonly kind: 'bookTickerBatch' | 'miniTicker'; readonly pair: Instrument }
  | { readonly kind: 'kline'; readonly pair: Instrument; readonly width: CandleWidth }
  | { readonly kind: 'miniTickers' }
  | { readonly kind: 'private' }

const publicName = /^spot@public\.(?<channel>[a-zA-Z.]+)\.v3\.api\.pb@(?<rest>.+)$/
const privateName = /^spot@private\.(orders|deals|account)\.v3\.api\.pb$/

/** Reads a stream's name; null for one MEXC blocks: an unknown or lower-case symbol, a retired channel, a missing argument. */
export function streamOf(name: string, pairs: ReadonlyMap<string, Instrument>): StreamSpec | null {
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
    case 'kline':
      return readKline(pair, argument)
    default:
      return null
  }
}

function readKline(pair: Instrument, name: string): StreamSpec | null {
  const width = streamCandleWidth(name)
  return width === null ? null : { kind: 'kline', pair, width }
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

/** Source: MEXC spot v3 API docs, "MiniTicker". */
const timezones =
  '24H UTC-10 UTC-8 UTC-7 UTC-6 UTC-5 UTC-4 UTC-3 UTC+0 UTC+1 UTC+2 UTC+3 UTC+4 UTC+4:30 UTC+5 UTC+5:30 UTC+6 UTC+7 UTC+8 UTC+9 UTC+10 UTC+11 UTC+12 UTC+12:45 UTC+13'
const knownTimezones: ReadonlySet<string> = new Set(timezones.split(' '))

function isTimezone(text: string): boolean {
  return knownTimezones.has(text)
}
