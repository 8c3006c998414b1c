// What users of feeds need. Authors of adapters find the contract and the decoders in `@tapewire/core/adapter`, tests the manual clock in `@tapewire/core/testing`.
export type { AlertOptions } from './alert/alert-options.js'
export type { BookOptions } from './book/book-options.js'
export type { Clock, Timer } from './clock/clock.js'
export type { EndpointOptions, SocketOptions } from './config/endpoint-options.js'
export type { Log, LogLevel } from './config/logger.js'
export { defaultManagerConfig, type OverflowPolicy, type WebSocketManagerConfig } from './config/manager-config.js'
export type { FrameEvent } from './connection/frame-tap.js'
export { type ErrorCode, errorCodes } from './errors/error-codes.js'
export { StreamError } from './errors/stream-error.js'
export { type RejectedStream, SubscriptionError } from './errors/subscription-error.js'
export {
  createPrivateExchange,
  createPublicExchange,
  type ExchangeInput,
  type ExchangeOptions,
  type PrivateExchangeOptions,
  type PublicExchangeOptions,
} from './factory/create-exchange.js'
export { ExchangeFeed } from './factory/exchange-feed.js'
export type { FeedEvent, FeedEvents, FeedListener, FeedListeners } from './factory/feed-events.js'
export { listInstruments } from './factory/list-instruments.js'
export { type AnyExchangeDefinition, registerExchange, resolveExchange } from './factory/resolve-exchange.js'
export type { BookEvent } from './manager/manager-books.js'
export type {
  ConnectionStateEvent,
  DropEvent,
  WebSocketManagerOptions,
} from './manager/manager-options.js'
export type { InitializeRequest, SymbolEntry } from './manager/plan.js'
export { WebSocketManager } from './manager/websocket-manager.js'
export type { ConnectionMetrics, PerformanceMetrics, StreamMetrics } from './metrics/performance-metrics.js'
export type { Alert, AlertKind } from './model/alert.js'
export type { BreakerState } from './model/breaker-state.js'
export {
  type Channel,
  channels,
  type PrivateChannel,
  type PublicChannel,
  privateChannels,
  publicChannels,
} from './model/channel.js'
export { ConnectionState } from './model/connection-state.js'
export type { GapEvent } from './model/gap-event.js'
export {
  type Instrument,
  type InstrumentKind,
  parseInstrument,
  type SymbolInput,
  toInstrument,
  tradingPair,
} from './model/instrument.js'
export { type Level, levels } from './model/levels.js'
export type {
  ChannelMessage,
  DataMessage,
  ErrorData,
  ErrorMessage,
  FeedMessage,
  MessageOf,
  OtherMessage,
  ReplyData,
  UnknownMessage,
} from './model/message.js'
export { MessageType } from './model/message-type.js'
export type { BookChange, BookDepth, BookSide, OrderBook } from './model/order-book.js'
export type {
  BalanceData,
  BookTickerData,
  CandleData,
  CandleInterval,
  ChannelPayloads,
  ExecutionData,
  FlatLevels,
  OrderbookData,
  OrderData,
  OrderStatus,
  OrderType,
  PublicTrade,
  Side,
  TickerData,
  TimeInForce,
} from './model/payloads.js'
export { candleIntervals } from './model/payloads.js'
export type { Stream, StreamState, StreamStatus } from './model/stream.js'
export type { Credentials, InstrumentListing, SigningFunction } from './strategy/exchange-definition.js'
export { WebSocketStrategySet } from './strategy/strategy-set.js'
export { MessageStream } from './stream/message-stream.js'
