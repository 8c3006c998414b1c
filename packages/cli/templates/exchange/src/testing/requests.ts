import type { Instrument } from '@tapewire/core'

/** A request to begin or end streams. */
export interface StreamsRequest {
  readonly op: 'subscribe' | 'unsubscribe'
  readonly id: number
  readonly streams: readonly string[]
}
// #private

/** A request to open the account. */
export interface LoginRequest {
  readonly op: 'login'
  readonly id: number
  readonly key: string
  readonly time: number
  readonly signature: string
}
// #end

// #private
type Request = StreamsRequest | LoginRequest | { readonly op: 'ping' }
// #public
type Request = StreamsRequest | { readonly op: 'ping' }
// #end

/** A client's message; null for one that is none of Newex's. */
export function readRequest(content: string): Request | null {
  const fields = fieldsOf(content)
  const { op, id, streams } = fields
  if (op === 'ping') return { op }
  if (!Number.isSafeInteger(id)) return null
  // #private
  if (op === 'login') {
    const { key, time, signature } = fields
    return { op, id: id as number, key: String(key), time: Number(time), signature: String(signature) }
  }
  // #end
  if (op !== 'subscribe' && op !== 'unsubscribe') return null
  if (!Array.isArray(streams) || !streams.every((name) => typeof name === 'string')) return null
  return { op, id: id as number, streams }
}

function fieldsOf(content: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(content)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

/** A market as Newex spells it. The server's side spells for itself, so that a mistake is not made on both. */
export function wireNameOf({ base, quote }: Instrument): string {
  return `${base}_${quote}`
}

const marketChannels = ['trades', 'book', 'quotes', 'ticker'] as const

/** How long the candles of each width last, ms. */
export const candleWidths: Readonly<Record<string, number>> = { '1m': 60_000, '5m': 300_000, '1h': 3_600_000 }

/** A stream of a market. */
export interface MarketStream {
  readonly name: string
  readonly channel: (typeof marketChannels)[number] | 'candles'
  readonly pair: Instrument
  /** Of candles, ms; 0 for everything else. */
  readonly widthMs: number
}

/** The stream of a name; null where Newex has none. */
export function marketStreamOf(name: string, pairs: readonly Instrument[]): MarketStream | null {
  const [head = '', wireName = ''] = name.split(':', 2)
  const pair = pairs.find((candidate) => wireNameOf(candidate) === wireName)
  if (pair === undefined) return null
  const widthMs = head.startsWith('candles_') ? candleWidths[head.slice('candles_'.length)] : undefined
  if (widthMs !== undefined) return { name, channel: 'candles', pair, widthMs }
  const channel = marketChannels.find((candidate) => candidate === head)
  return channel === undefined ? null : { name, channel, pair, widthMs: 0 }
}
// #private

/** The streams of the account. */
export const accountStreams: ReadonlySet<string> = new Set(['orders', 'executions', 'balances'])
// #end
