import type { EndpointOptions } from '../config/endpoint-options.js'
import { showsWarnings } from '../config/logger.js'
import { StreamError } from '../errors/stream-error.js'
import { SubscriptionError } from '../errors/subscription-error.js'
import { UnheardErrors } from '../errors/unheard-errors.js'
import { callbackOf, type ManagerCallbacks, type WebSocketManagerOptions } from '../manager/manager-options.js'
import { type InitializeRequest, readRequest, type SymbolEntry } from '../manager/plan.js'
import { type StartOptions, startOptionsOf } from '../manager/start-options.js'
import { WebSocketManager } from '../manager/websocket-manager.js'
import { type PrivateChannel, type PublicChannel, privateChannels, publicChannels } from '../model/channel.js'
import type { CandleInterval } from '../model/payloads.js'
import type { Credentials } from '../strategy/exchange-definition.js'
import type { WebSocketStrategySet } from '../strategy/strategy-set.js'
import { checkExchangeOptions, type KnownOptions } from './check-exchange-options.js'
import { ExchangeFeed } from './exchange-feed.js'
import { FeedEmitter } from './feed-emitter.js'
import { type FeedEvent, type FeedListener, type FeedListeners, managerEvents } from './feed-events.js'
import { type AnyExchangeDefinition, resolveExchange } from './resolve-exchange.js'

/** An exchange as a user names it: a definition that an adapter exports, or its name: `'acme_spot'`. */
export type ExchangeInput = AnyExchangeDefinition | string

/** The options of a definition's public or private strategies; of a name anything can be. */
export type StrategyOptions<Exchange, Factory extends 'public' | 'private'> = Exchange extends AnyExchangeDefinition
  ? NonNullable<Parameters<NonNullable<Exchange[Factory]>>[Factory extends 'public' ? 0 : 1]>
  : EndpointOptions | Readonly<Record<string, unknown>>

/** Options of both factories. */
export interface ExchangeOptions<Exchange extends ExchangeInput = ExchangeInput>
  extends StartOptions,
    Pick<
      WebSocketManagerOptions,
      | 'config'
      | 'books'
      | 'flightRecorder'
      | 'alerts'
      | 'logger'
      | 'logLevel'
      | 'agent'
      | 'clock'
      | 'random'
      | 'network'
      | 'limiter'
    > {
  /** Whose feed: `'acme_spot'`, or a definition that an adapter exports. */
  readonly exchange: Exchange
  /** The package to find a name in, where it is not the usual one. */
  readonly packageName?: string
  /** Listeners to be in place before the first message. */
  readonly on?: FeedListeners
}

/** What `createPublicExchange` takes. Only `exchange` and `symbols` are required. */
export interface PublicExchangeOptions<Exchange extends ExchangeInput = ExchangeInput>
  extends ExchangeOptions<Exchange> {
  /** Names or instruments; one may name channels and candle intervals of its own. */
  readonly symbols: readonly SymbolEntry<PublicChannel>[]
  /** Default: `orderbook` and `trades`. */
  readonly channels?: readonly PublicChannel[]
  /** Widths of `candles`, one stream each; default: what the exchange's own option says. */
  readonly candleIntervals?: readonly CandleInterval[]
  /** The exchange's own options, `url`, `restUrl` and `socket` among them. */
  readonly options?: StrategyOptions<Exchange, 'public'>
}

/** What `createPrivateExchange` takes. Only `exchange` and `credentials` are required. */
export interface PrivateExchangeOptions<Exchange extends ExchangeInput = ExchangeInput>
  extends ExchangeOptions<Exchange> {
  /** A key with a secret, or with a function that signs. Neither ever reaches a log or an error. */
  readonly credentials: Credentials
  /** Only these symbols, where the exchange can tell; all by default. */
  readonly symbols?: readonly SymbolEntry<PrivateChannel>[]
  /** Default: all the exchange has of the account's channels. */
  readonly channels?: readonly PrivateChannel[]
  /** The exchange's own options, `url`, `restUrl` and `socket` among them. */
  readonly options?: StrategyOptions<Exchange, 'private'>
}

const sharedOptions: KnownOptions<ExchangeOptions> = {
  exchange: 'required',
  packageName: 'optional',
  on: 'optional',
  onRefused: 'optional',
  retry: 'optional',
  signal: 'optional',
  config: 'optional',
  books: 'optional',
  flightRecorder: 'optional',
  alerts: 'optional',
  logger: 'optional',
  logLevel: 'optional',
  agent: 'optional',
  clock: 'optional',
  random: 'optional',
  network: 'optional',
  limiter: 'optional',
}
const publicOptions: KnownOptions<PublicExchangeOptions> = {
  symbols: 'required',
  channels: 'optional',
  candleIntervals: 'optional',
  options: 'optional',
  ...sharedOptions,
}
const privateOptions: KnownOptions<PrivateExchangeOptions> = {
  credentials: 'required',
  symbols: 'optional',
  channels: 'optional',
  options: 'optional',
  ...sharedOptions,
}

/** What a feed's manager is given as it is. */
const managerOptions = [
  'config',
  'books',
  'flightRecorder',
  'alerts',
  'logger',
  'logLevel',
  'agent',
  'clock',
  'random',
  'network',
  'limiter',
] as const

/** What a manager tells its feed whether anybody listens to it or not: not what costs something. */
const toldEvents = managerEvents.filter((event) => event !== 'frame' && event !== 'response')

const defaultPublicChannels: readonly PublicChannel[] = ['orderbook', 'trades']

/**
 * A market data feed, ready: resolved once connected and acknowledged.
 * Rejects with `ERR_EXCHANGE_NOT_INSTALLED`, `ERR_UNKNOWN_EXCHANGE`, `ERR_UNSUPPORTED_CHANNEL`, and whatever `WebSocketManager.initialize` rejects with;
 * then nothing is left open.
 *
 * @example
 * const feed = await createPublicExchange({ exchange: 'acme_spot', symbols: ['BTC/USDT'], on: { trades: console.log } })
 *
 * @example
 * await using feed = await createPublicExchange({ exchange: 'acme_spot', symbols, onRefused: 'continue', retry: true, signal })
 */
export async function createPublicExchange<const Exchange extends ExchangeInput>(
  options: PublicExchangeOptions<Exchange>,
): Promise<ExchangeFeed> {
  checkExchangeOptions<PublicExchangeOptions>(options, publicOptions)
  const definition = await resolveExchange(options.exchange, options.packageName)
  const { symbols, channels = defaultPublicChannels, candleIntervals } = options
  const request: InitializeRequest = {
    symbols,
    channels,
    ...(candleIntervals === undefined ? {} : { candleIntervals }),
  }
  assertSupported(definition, request, publicChannels)
  return startFeed(options, definition.public(options.options as EndpointOptions | undefined), request)
}

/**
 * An account feed, ready. Besides what `createPublicExchange` rejects with: `ERR_INVALID_CREDENTIALS`, `ERR_AUTHENTICATION_FAILED`, and
 * `ERR_UNSUPPORTED_CHANNEL` where the exchange has no private streams.
 */
export async function createPrivateExchange<const Exchange extends ExchangeInput>(
  options: PrivateExchangeOptions<Exchange>,
): Promise<ExchangeFeed> {
  checkExchangeOptions<PrivateExchangeOptions>(options, privateOptions)
  const definition = await resolveExchange(options.exchange, options.packageName)
  if (definition.private === undefined) {
    throw new StreamError('ERR_UNSUPPORTED_CHANNEL', `${definition.title} has no private streams here.`)
  }
  const all = definition.channels.map(({ channel }) => channel).filter((channel) => isIn(privateChannels, channel))
  const request: InitializeRequest = { symbols: options.symbols ?? [], channels: options.channels ?? all }
  assertSupported(definition, request, privateChannels)
  const strategies = definition.private(options.credentials, options.options as EndpointOptions | undefined)
  return startFeed(options, strategies, request)
}

async function startFeed(
  options: ExchangeOptions,
  strategies: WebSocketStrategySet,
  request: InitializeRequest,
): Promise<ExchangeFeed> {
  const emitter = new FeedEmitter()
  for (const [event, listener] of Object.entries(options.on ?? {})) {
    if (listener !== undefined) emitter.on(event as FeedEvent, listener as FeedListener<FeedEvent>)
  }
  const passedOn = Object.fromEntries(
    managerOptions.map((name) => [name, options[name]]).filter(([, value]) => value !== undefined),
  ) as Pick<WebSocketManagerOptions, (typeof managerOptions)[number]>
  // What a listener rejects with is the manager's to report, as with any callback.
  const callbacks = Object.fromEntries(
    toldEvents.map((event) => [callbackOf[event], (payload: never): unknown => emitter.emit(event, payload)]),
  ) as ManagerCallbacks
  const unheard = showsWarnings(options.logger, options.logLevel) ? null : new UnheardErrors(strategies.exchange)
  const manager = new WebSocketManager({
    strategies,
    onMessage: (message) => emitter.emitMessage(message),
    ...callbacks,
    // Listeners come and go.
    onError: (error) => (emitter.hears('error') ? emitter.emit('error', error) : unheard?.tell(error)),
    ...passedOn,
  })
  emitter.onDemand('frame', () => manager.tapFrames((frame) => emitter.emit('frame', frame)))
  emitter.onDemand('response', () => manager.tapResponses((response) => emitter.emit('response', response)))
  try {
    await manager.initialize({ ...request, ...startOptionsOf(options) })
  } catch (thrown) {
    await manager.close()
    // Nothing is left that could stay active.
    throw thrown instanceof SubscriptionError ? thrown.withoutOthers() : thrown
  }
  return new ExchangeFeed(manager, emitter)
}

/** Every channel that is asked for must be one of the exchange and of this kind of feed. */
function assertSupported(definition: AnyExchangeDefinition, request: InitializeRequest, kind: readonly string[]): void {
  const supported = definition.channels.map(({ channel }) => channel).filter((channel) => isIn(kind, channel))
  const asked = readRequest(request).asks.flatMap(({ channels }) => channels ?? [])
  const missing = [...new Set(asked)].filter((channel) => !supported.includes(channel))
  if (missing.length === 0) return
  throw new StreamError(
    'ERR_UNSUPPORTED_CHANNEL',
    `${definition.title} has no ${missing.join(', ')} in this kind of feed.`,
    {
      hint: `It has ${supported.join(', ')}.`,
    },
  )
}

function isIn(list: readonly string[], text: string): boolean {
  return list.includes(text)
}
