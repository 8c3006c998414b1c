import type { Instrument } from '@tapewire/core'

/** A request to begin or end streams. */
export interface StreamsRequest {
  readonly op: 'subscribe' | 'unsubscribe'
  readonly id: number
  readonly streams: readonly string[]
}

/** A client's message; null for one that is none of Acme's. */
export function readRequest(text: string): StreamsRequest | { readonly op: 'ping' } | { readonly op: 'pong' } | null {
  const { op, id, streams } = fieldsOf(text)
  if (op === 'ping') return { op }
  if (op === 'pong') return { op }
  if (op !== 'subscribe' && op !== 'unsubscribe') return null
  if (!Number.isSafeInteger(id) || !Array.isArray(streams) || !streams.every((name) => typeof name === 'string')) {
    return null
  }
  return { op, id: id as number, streams }
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

/** A market as Acme spells it. */
function wireNameOf({ base, quote }: Instrument): string {
  return `${base}-${quote}`
}

const channels = ['trades', 'quotes', 'books'] as const

/** One of Acme's streams. */
export interface VenueStream {
  readonly name: string
  readonly channel: (typeof channels)[number]
  readonly pair: Instrument
}

/** The stream of a name; null where Acme has none. */
export function streamOf(name: string, pairs: readonly Instrument[]): VenueStream | null {
  const [head = '', wireName = ''] = name.split('.', 2)
  const channel = channels.find((candidate) => candidate === head)
  const pair = pairs.find((candidate) => wireNameOf(candidate) === wireName)
  return channel === undefined || pair === undefined ? null : { name, channel, pair }
}
