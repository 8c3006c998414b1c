import { StreamError } from '../errors/stream-error.js'
import type { WebSocketManagerOptions } from '../manager/manager-options.js'
import { requestedChannels } from '../manager/requested-channels.js'
import { WebSocketManager } from '../manager/websocket-manager.js'
import {
  type Channel,
  type PrivateChannel,
  type PublicChannel,
  privateChannels,
  publicChannels,
} from '../model/channel.js'
import type { SymbolInput } from '../model/instrument.js'
import type { Credentials, EndpointOptions } from '../strategy/exchange-definition.js'
import type { WebSocketStrategySet } from '../strategy/strategy-set.js'
import { checkExchangeOptions, type KnownOptions } from './check-exchange-options.js'
import { ExchangeFeed } from './exchange-feed.js'
import { FeedEmitter } from './feed-emitter.js'
import type { FeedEvent, FeedListener, FeedListeners } from './feed-events.js'
import { type AnyExchangeDefinition, resolveExchange } from './resolve-exchange.js'

/** Options of both factories. */
export interface ExchangeOptions
  extends Pick<WebSocketManagerOptions, 'config' | 'books' | 'logger' | 'logLevel' | 'clock' | 'random'> {
  /** A definition that an adapter exports, or its name: `'acme_spot'`. */
  readonly exchange: AnyExchangeDefinition | string
  /** The package to find a name in, where it is not the usual one. */
  readonly packageName?: string
  /** The exchange's own options, `url` and `restUrl` among them. */
  readonly options?: EndpointOptions | Readonly<Record<string, unknown>>
  /** Listeners to be in place before the first message. */
  readonly on?: FeedListeners
}

export interface PublicExchangeOptions extends ExchangeOptions {
  readonly symbols: readonly SymbolInput[]
  /** Default: `orderbook` and `trades`. */
  readonly channels?: readonly PublicChannel[]
}

export interface PrivateExchangeOptions extends ExchangeOptions {
  readonly credentials: Credentials
  /** Only these symbols, where the exchange can tell; all by default. */
  readonly symbols?: readonly SymbolInput[]
  /** Default: all the exchange has of `orders`, `executions` and `balances`. */
  readonly channels?: readonly PrivateChannel[]
}

const sharedOptions: KnownOptions<ExchangeOptions> = {
  exchange: 'required',
  packageName: 'optional',
  options: 'optional',
  on: 'optional',
  config: 'optional',
  books: 'optional',
  logger: 'optional',
  logLevel: 'optional',
  clock: 'optional',
  random: 'optional',
}
const publicOptions: KnownOptions<PublicExchangeOptions> = {
  symbols: 'required',
  channels: 'optional',
  ...sharedOptions,
}
const privateOptions: KnownOptions<PrivateExchangeOptions> = {
  credentials: 'required',
  symbols: 'optional',
  channels: 'optional',
  ...sharedOptions,
}

const defaultPublicChannels: readonly PublicChannel[] = ['orderbook', 'trades']

/**
 * A market data feed, ready: resolved once connected and acknowledged.
 * Rejects with `ERR_EXCHANGE_NOT_INSTALLED`, `ERR_UNKNOWN_EXCHANGE`, `ERR_UNSUPPORTED_CHANNEL`, and whatever `WebSocketManager.initialize` rejects with;
 * then nothing is left open.
 *
 * @example
 * const feed = await createPublicExchange({ exchange: 'acme_spot', symbols: ['BTC/USDT'], on: { trades: console.log } })
 */
export async function createPublicExchange(options: PublicExchangeOptions): Promise<ExchangeFeed> {
  checkExchangeOptions(options, publicOptions)
  const definition = await resolveExchange(options.exchange, options.packageName)
  const channels = supportedChannels(definition, options.channels ?? defaultPublicChannels, publicChannels)
  return startFeed(
    options,
    definition.public(options.options as EndpointOptions | undefined),
    options.symbols,
    channels,
  )
}

/**
 * An account feed, ready. Besides what `createPublicExchange` rejects with: `ERR_INVALID_CREDENTIALS`, `ERR_AUTHENTICATION_FAILED`, and
 * `ERR_UNSUPPORTED_CHANNEL` where the exchange has no private streams.
 */
export async function createPrivateExchange(options: PrivateExchangeOptions): Promise<ExchangeFeed> {
  checkExchangeOptions(options, privateOptions)
  const definition = await resolveExchange(options.exchange, options.packageName)
  if (definition.private === undefined) {
    throw new StreamError('ERR_UNSUPPORTED_CHANNEL', `${definition.title} has no private streams here.`)
  }
  const all = definition.channels.map(({ channel }) => channel).filter((channel) => isIn(privateChannels, channel))
  const channels = supportedChannels(definition, options.channels ?? all, privateChannels)
  const strategies = definition.private(options.credentials, options.options as EndpointOptions | undefined)
  return startFeed(options, strategies, options.symbols ?? [], channels)
}

async function startFeed(
  options: ExchangeOptions,
  strategies: WebSocketStrategySet,
  symbols: readonly SymbolInput[],
  channels: readonly Channel[],
): Promise<ExchangeFeed> {
  const emitter = new FeedEmitter()
  for (const [event, listener] of Object.entries(options.on ?? {})) {
    if (listener !== undefined) emitter.on(event as FeedEvent, listener as FeedListener<FeedEvent>)
  }
  const { config, books, logger, logLevel, clock, random } = options
  const manager = new WebSocketManager({
    strategies,
    onMessage: (message) => emitter.emitMessage(message),
    // What a listener of these rejects with is the manager's to put on record, as with any callback.
    onConnectionState: (event): unknown => emitter.emit('connection', event),
    onStreamState: (state): unknown => emitter.emit('stream', state),
    onError: (error): unknown => emitter.emit('error', error),
    onDrop: (event): unknown => emitter.emit('drop', event),
    onBookEvent: (event): unknown => emitter.emit('book', event),
    ...(config === undefined ? {} : { config }),
    ...(books === undefined ? {} : { books }),
    ...(logger === undefined ? {} : { logger }),
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(clock === undefined ? {} : { clock }),
    ...(random === undefined ? {} : { random }),
  })
  try {
    await manager.initialize({ symbols, channels })
  } catch (thrown) {
    await manager.close()
    throw thrown
  }
  return new ExchangeFeed(manager, emitter)
}

/** The channels, checked against what the exchange supports and against the kind of feed. */
function supportedChannels(
  definition: AnyExchangeDefinition,
  requested: readonly string[],
  kind: readonly string[],
): readonly Channel[] {
  const channels = requestedChannels(requested)
  const supported = definition.channels.map(({ channel }) => channel).filter((channel) => isIn(kind, channel))
  const missing = channels.filter((channel) => !supported.includes(channel))
  if (missing.length > 0) {
    throw new StreamError(
      'ERR_UNSUPPORTED_CHANNEL',
      `${definition.title} has no ${missing.join(', ')} in this kind of feed.`,
      {
        hint: `It has ${supported.join(', ')}.`,
      },
    )
  }
  return channels
}

function isIn(list: readonly string[], text: string): boolean {
  return list.includes(text)
}
