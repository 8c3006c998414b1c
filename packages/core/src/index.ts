export type {
  BookDivergence,
  BookGap,
  BookListener,
  BookResync,
  CrossedBook,
  SnapshotFailure,
} from './book/book-events.js'
export type { BookOptions } from './book/book-options.js'
export { BookRegistry, type BookRegistryParts } from './book/book-registry.js'
export type { BookChange, BookDepth, BookSide, OrderBook } from './book/order-book.js'
export { type Clock, systemClock, type Timer } from './clock/clock.js'
export { ManualClock } from './clock/manual-clock.js'
export { sleep } from './clock/sleep.js'
export { optionsChecker } from './config/check-options.js'
export type { Log, LogLevel } from './config/logger.js'
export { defaultManagerConfig, type OverflowPolicy, type WebSocketManagerConfig } from './config/manager-config.js'
export { openSocket } from './connection/open-socket.js'
export { type JsonRequest, type JsonResponse, requestJson } from './connection/request-json.js'
export type { SocketOptions } from './connection/socket-options.js'
export { ByteTable } from './decode/byte-table.js'
export {
  confirmMessage,
  errorMessage,
  heartbeatMessage,
  malformedFrame,
  otherMessage,
  replyMessage,
  unknownMessage,
} from './decode/compose-message.js'
export { frameJson, frameText } from './decode/frame-text.js'
export {
  type ConstantField,
  choice,
  constant,
  decimal,
  decimalOrEmpty,
  flag,
  type IntegerField,
  integer,
  type JsonDeclaration,
  type JsonOf,
  type OptionalField,
  optional,
  percentage,
  priceLevels,
  text,
} from './decode/json/field.js'
export { type JsonShape, jsonShape, type Slot } from './decode/json/json-shape.js'
export { deviantJson, sampleJson } from './decode/json/sample.js'
export {
  type ProtoDeclaration,
  type ProtoOf,
  protoDecimal,
  protoDigits,
  protoInteger,
  protoLevels,
  protoMessage,
  protoOneOf,
  protoRepeated,
  protoText,
} from './decode/protobuf/proto-field.js'
export { type ProtoShape, protoShape } from './decode/protobuf/proto-shape.js'
export { deviantProto, sampleProto } from './decode/protobuf/sample.js'
export { SymbolTable } from './decode/symbol-table.js'
export { type ErrorCode, errorCodes } from './errors/error-codes.js'
export { redactUrl } from './errors/redact.js'
export { StreamError, type StreamErrorDetails, toStreamError } from './errors/stream-error.js'
export { type RejectedStream, SubscriptionError } from './errors/subscription-error.js'
export { suggest } from './errors/suggest.js'
export {
  createPrivateExchange,
  createPublicExchange,
  type ExchangeOptions,
  type PrivateExchangeOptions,
  type PublicExchangeOptions,
} from './factory/create-exchange.js'
export { ExchangeFeed } from './factory/exchange-feed.js'
export type { FeedEvent, FeedEvents, FeedListener, FeedListeners } from './factory/feed-events.js'
export { type AnyExchangeDefinition, registerExchange, resolveExchange } from './factory/resolve-exchange.js'
export type { BookCounters, BookEvent } from './manager/book-desk.js'
export type {
  ConnectionStateEvent,
  DropEvent,
  WebSocketManagerOptions,
} from './manager/manager-options.js'
export { type FilteredMessage, type MessageFilter, MessageStream } from './manager/message-stream.js'
export { requestedChannels } from './manager/requested-channels.js'
export { type InitializeRequest, WebSocketManager } from './manager/websocket-manager.js'
export type { ConnectionMetrics, PerformanceMetrics, StreamMetrics } from './metrics/performance-metrics.js'
export {
  type Channel,
  channels,
  isChannel,
  type PrivateChannel,
  type PublicChannel,
  privateChannels,
  publicChannels,
} from './model/channel.js'
export { ConnectionState, canTransition, connectionTransitions } from './model/connection-state.js'
export type { FailureKind } from './model/failure-kind.js'
export { frameOf, type InboundFrame } from './model/inbound-frame.js'
export {
  type Instrument,
  parseInstrument,
  type SymbolInput,
  toInstrument,
  tradingPair,
  unnamedInstrument,
  type WireSymbol,
} from './model/instrument.js'
export { type Level, levels } from './model/levels.js'
export type * from './model/message.js'
export { MessageType } from './model/message-type.js'
export type * from './model/payloads.js'
export { candleIntervals } from './model/payloads.js'
export type { StreamState, StreamStatus } from './model/stream-state.js'
export {
  adjacentRanges,
  type BookRetry,
  type BookRules,
  type BookSnapshot,
  type Continuity,
  type ContinuityRule,
  defaultBookRetry,
  overlappingRanges,
  type ReplaceBookRules,
  type RestBookRules,
  type SnapshotSource,
  type StreamBookRules,
} from './strategy/book-rules.js'
export type { ConnectionContext, ConnectionStrategy, ReconnectionPolicy } from './strategy/connection-strategy.js'
export type {
  ChannelSupport,
  Credentials,
  EndpointOptions,
  ExchangeDefinition,
  ExchangeLimits,
  SigningFunction,
} from './strategy/exchange-definition.js'
export type { MessageParser } from './strategy/message-parser.js'
export { type StrategySetParts, WebSocketStrategySet } from './strategy/strategy-set.js'
export type {
  OutboundMessage,
  Stream,
  SubscriptionAction,
  SubscriptionContext,
  SubscriptionRequest,
  SubscriptionStrategy,
} from './strategy/subscription-strategy.js'
export type { Transport, TransportClose, TransportListener } from './strategy/transport.js'
