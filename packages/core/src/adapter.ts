// What authors of adapters need beside the vocabulary of `@tapewire/core`: the contract, and the tools for parsers, sockets and REST.
export { BookRegistry, type BookRegistryParts } from './book/book-registry.js'
export { abortable } from './clock/abortable.js'
export { systemClock, systemRandom } from './clock/clock.js'
export { sleep } from './clock/sleep.js'
export { type Limits, within } from './clock/within.js'
export { optionsChecker } from './config/check-options.js'
export { canGenerateCode } from './config/code-generation.js'
export {
  defaultSocketSettings,
  exchangeOptionsChecker,
  resolveSocketSettings,
  type SocketSettings,
} from './config/endpoint-options.js'
export { ByteTable } from './decode/byte-table.js'
export {
  confirmMessage,
  dataMessage,
  type ErrorDetails,
  errorMessage,
  heartbeatMessage,
  malformedFrame,
  otherMessage,
  replyMessage,
  sideMessage,
  stateMessage,
  unknownMessage,
} from './decode/compose-message.js'
export { addDecimals, subtractDecimals } from './decode/decimal-sum.js'
export { decimalText } from './decode/decimal-text.js'
export { ExactNumber, frameJson, frameText } from './decode/frame-text.js'
export * from './decode/json/field.js'
export { type JsonShape, jsonShape, type ListSlots, type Slot, type SlotsOf } from './decode/json/json-shape.js'
export { decimalStep, positiveDecimal } from './decode/listed-amount.js'
export * from './decode/protobuf/proto-field.js'
export { type ProtoShape, protoShape } from './decode/protobuf/proto-shape.js'
export type { Source } from './decode/source.js'
export { Streams, StreamTable } from './decode/stream-table.js'
export { SymbolTable } from './decode/symbol-table.js'
export { docsPage } from './errors/docs-page.js'
export { redactUrl } from './errors/redact.js'
export { redactSecretsInAnswer, redactSecretsInUrl } from './errors/redact-record.js'
export { redacted, redactRequest } from './errors/redact-request.js'
export { type StreamErrorDetails, toStreamError } from './errors/stream-error.js'
export { suggest } from './errors/suggest.js'
export {
  type BroughtPackage,
  bringPackage,
  type ImportedPackage,
  importExchangePackage,
} from './factory/exchange-packages.js'
export type { PackageEntry } from './factory/find-package.js'
export { rehearseFeed } from './factory/rehearse-feed.js'
export type { FlightRecorderOptions } from './flight/flight-options.js'
export type { FlightEvent, FlightReason } from './flight/flight-recorder.js'
export { type ChannelTraits, channelTable, isChannel, traitsOf } from './model/channel.js'
export type { FailureKind } from './model/failure-kind.js'
export type { InboundFrame } from './model/inbound-frame.js'
export { unnamedInstrument, type WireSymbol } from './model/instrument.js'
export type {
  Acknowledgement,
  CommonRefusal,
  HeartbeatData,
  HeartbeatMessage,
  OrderbookMessage,
  OtherData,
  ParsedMessage,
  Refusal,
  ReplyMessage,
  SubscriptionConfirmMessage,
} from './model/message.js'
export type { BookDigits } from './model/payloads.js'
export { createStream, type StreamDescription } from './model/stream.js'
export { RegularLook, type RegularLookParts } from './session/account/regular-look.js'
export type { AccountLook, ListedExecution } from './strategy/account-look.js'
export { assertChannel, type StrategyChannels } from './strategy/assert-channel.js'
export type { BackfillChannel, BackfillPage, BackfillRequest, BackfillRules } from './strategy/backfill.js'
export {
  adjacentRanges,
  type BookRetry,
  type BookRules,
  type BookSnapshot,
  type Continuity,
  type ContinuityRule,
  defaultBookRetry,
  orderOfArrival,
  overlappingRanges,
  type ReplaceBookRules,
  type RestBookRules,
  type SnapshotSource,
  type StreamBookRules,
} from './strategy/book-rules.js'
export type { ConnectionLimiter, ConnectionPermit, WantedConnection } from './strategy/connection-limiter.js'
export type {
  ConnectionContext,
  ConnectionStrategy,
  LoginRequestOptions,
  LoginSession,
  ReconnectionPolicy,
} from './strategy/connection-strategy.js'
export { type CallEnv, createEnv, type EnvParts, type ManagerEnv, type StrategyEnv } from './strategy/env.js'
export type { ChannelSupport, ExchangeDefinition } from './strategy/exchange-definition.js'
export type { ExchangeLimits } from './strategy/exchange-limits.js'
export type { EndedGap, GapOutcome, GapOutcomeOf } from './strategy/gap-outcome.js'
export type { MessageParser, Peek } from './strategy/message-parser.js'
export type { Network, NetworkAnswer, NetworkEnv, NetworkRequest, SocketAddress } from './strategy/network.js'
export { type CandleWidths, plannedIntervals } from './strategy/planned-intervals.js'
export type { RequestLimit } from './strategy/request-limit.js'
export {
  checkedSignature,
  createSigner,
  type Signer,
  type SignerRules,
  type SigningDigest,
  signingFailed,
} from './strategy/signer.js'
export { type ContractVersion, contractVersion, type StrategySetParts } from './strategy/strategy-set.js'
export type {
  OutboundMessage,
  RequestContext,
  SubscriptionAction,
  SubscriptionRequest,
  SubscriptionStrategy,
} from './strategy/subscription-strategy.js'
export type { Transport, TransportClose, TransportListener } from './strategy/transport.js'
export type { ResponseEvent } from './transport/answer-tap.js'
export {
  callRest,
  type RestDialect,
  type RestMeaning,
  type RestRequest,
  unusableAnswer,
} from './transport/call-rest.js'
export { clockOffset } from './transport/clock-offset.js'
export { handshakeRejection } from './transport/handshake-rejection.js'
export { openSocket } from './transport/open-socket.js'
export { type JsonRequest, type JsonResponse, requestJson } from './transport/request-json.js'
