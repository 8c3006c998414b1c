import type { Channel } from '@tapewire/core'

/** What a relayed stream is: a channel of one instrument, or of one account. */
export interface RelayedStream {
  /** The exchange's name: `acme_spot`. */
  readonly exchange: string
  readonly channel: Channel
  /** The instrument's name, `BTC/USDT`; of a channel about a whole account, the name that the user gave the account. */
  readonly symbol: string
  /** The width of candles, `1m`; null for every other channel. */
  readonly interval: string | null
}

/** What begins every subject where the user does not say otherwise. */
export const defaultPrefix: string = 'tapewire'

/** What a token of a subject cannot hold, or holds with another meaning: separators, wildcards, white space, controls, and the sign that the others are written with. */
const unfit = /[.*>%\s\p{Cc}]/gu

const encoder = new TextEncoder()

/** A text as one token of a subject: `1.5X` is `1%2E5X`. Throws nothing; an empty text, which no token may be, is a lone `%`. */
export function subjectToken(text: string): string {
  if (text === '') return '%'
  return text.replace(unfit, (unit) =>
    Array.from(encoder.encode(unit), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

/** The text that a token stands for; null where it is none that `subjectToken` makes. */
export function textOfToken(token: string): string | null {
  if (token === '%') return ''
  try {
    const text = decodeURIComponent(token)
    return subjectToken(text) === token ? text : null
  } catch {
    return null
  }
}

/** Every subject of one exchange under one prefix. */
export class Subjects {
  /** What those of data begin with: `tapewire.acme_spot`. */
  readonly base: string
  readonly #data: string
  readonly #ask: string
  readonly #beat: string

  constructor(exchange: string, prefix: string = defaultPrefix) {
    const of = subjectToken(exchange)
    this.base = `${prefix}.${of}`
    this.#data = `${this.base}.`
    this.#ask = `${prefix}-ask.${of}`
    this.#beat = `${prefix}-beat.${of}.`
  }

  /** Where the records of a stream are published: `tapewire.acme_spot.trades.BTC/USDT`. */
  data({ channel, symbol, interval }: Omit<RelayedStream, 'exchange'>): string {
    return `${this.#data}${tail(channel, symbol, interval)}`
  }

  /** Where the relay that owns a stream is asked for it: `tapewire-ask.acme_spot.trades.BTC/USDT`. */
  ask({ channel, symbol, interval }: Omit<RelayedStream, 'exchange'>): string {
    return `${this.#ask}.${tail(channel, symbol, interval)}`
  }

  /** As `ask`, of a subject of data. */
  askOf(subject: string): string {
    return `${this.#ask}.${subject.slice(this.#data.length)}`
  }

  /** Where any relay of the exchange is asked what it is: `tapewire-ask.acme_spot`. */
  get about(): string {
    return this.#ask
  }

  /** Where a relay says that it lives: `tapewire-beat.acme_spot.3735928559`. */
  beat(relay: number): string {
    return `${this.#beat}${relay}`
  }

  get allBeats(): string {
    return `${this.#beat}*`
  }

  get alerts(): string {
    return `${this.#data}alerts`
  }
}

function tail(channel: Channel, symbol: string, interval: string | null): string {
  const of = `${channel}.${subjectToken(symbol)}`
  return interval === null ? of : `${of}.${subjectToken(interval)}`
}

/** Whether a prefix can begin a subject: tokens with dots between them. */
export function isPrefix(prefix: unknown): prefix is string {
  return typeof prefix === 'string' && /^[\w-]+(\.[\w-]+)*$/.test(prefix)
}
