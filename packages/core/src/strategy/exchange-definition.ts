import type { EndpointOptions } from '../config/endpoint-options.js'
import type { Channel } from '../model/channel.js'
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
}
