import type { EndpointOptions } from '../config/endpoint-options.js'
import type { Channel } from '../model/channel.js'
import type { Instrument } from '../model/instrument.js'
import type { StrategyEnv } from './env.js'
import type { ExchangeLimits } from './exchange-limits.js'
import type { WebSocketStrategySet } from './strategy-set.js'

/** One channel an exchange supports. */
export interface ChannelSupport {
  readonly channel: Channel
  /** The exchange's name for what backs it. */
  readonly wireChannel: string
  /** How sure we are: `recorded` on real traffic, or `documented` only. */
  readonly evidence: 'recorded' | 'documented'
}

/** Signs `text` and returns the signature as the exchange wants it (lower-case hex): for keys that live in a vault or an HSM. */
export type SigningFunction = (text: string) => string | Promise<string>

/** A key and what signs for it: the secret itself, or a function. Never logged, never in an error. */
export type Credentials =
  | { readonly apiKey: string; readonly apiSecret: string }
  | { readonly apiKey: string; readonly sign: SigningFunction }

/** One instrument as an exchange lists it. Steps and sizes are exact text, as amounts of an account are; null where the exchange says nothing of them. */
export interface InstrumentListing {
  readonly instrument: Instrument
  /** The exchange's own spelling: `BTC_USDT`. */
  readonly wireSymbol: string
  /** What the exchange lets anybody do with it now; null where it says something that we do not know. */
  readonly status: 'trading' | 'buy-only' | 'sell-only' | 'halted' | null
  /** Prices are multiples of this: `'0.01'`. */
  readonly priceStep: string | null
  /** Sizes, in the base asset, are multiples of this. */
  readonly sizeStep: string | null
  /** Smallest size of an order, in the base asset. */
  readonly minSize: string | null
  /** Smallest worth of an order, in the quote asset. */
  readonly minQuoteSize: string | null
}

/** An exchange, as data: what it supports, what it allows, and how to make its strategies. */
export interface ExchangeDefinition<
  PublicOptions extends EndpointOptions = EndpointOptions,
  PrivateOptions extends EndpointOptions = EndpointOptions,
> {
  /** Lower case with underscores, the market last: `acme_spot`. */
  readonly name: string
  /** For people: `Acme spot`. */
  readonly title: string
  readonly channels: readonly ChannelSupport[]
  readonly limits: ExchangeLimits
  readonly endpoints: { readonly url: string; readonly restUrl: string }
  /** Strategies for market data. Throws `ERR_UNSUPPORTED_OPTION` for an option it does not know. */
  public(options?: PublicOptions): WebSocketStrategySet
  /** Strategies for the account; absent where the exchange has none. Throws `ERR_INVALID_CREDENTIALS`. */
  private?(credentials: Credentials, options?: PrivateOptions): WebSocketStrategySet
  /**
   * Every instrument the exchange lists, in its order, asked for over REST with the settings of `env.socket`. Of the options of `public()` only those that say where
   * REST is are looked at. Absent where the exchange has no such list. Rejects as `callRest`.
   */
  listInstruments?(options: PublicOptions | undefined, env: StrategyEnv): Promise<readonly InstrumentListing[]>
}
