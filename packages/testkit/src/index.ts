export { CaptureError } from './capture/capture-error.js'
export { partPath } from './capture/capture-paths.js'
export type { Capture, CaptureBook, CaptureFrame, CaptureRecord, CaptureResponse } from './capture/capture-record.js'
export { CaptureWriter } from './capture/capture-writer.js'
export { parseCaptureLine } from './capture/parse-capture-line.js'
export { captureRecords, readCapture } from './capture/read-capture.js'
export { type CheckArea, type CheckLevel, type ConformanceCheck, checkAreas, type Need } from './conformance/check.js'
export { conformanceChecks } from './conformance/checks/all-checks.js'
export { type ConformanceTests, conformance, type TestContext } from './conformance/conformance.js'
export { CountedClock } from './conformance/lab/counted-clock.js'
export { failureText } from './conformance/run/failure-text.js'
export { type CheckResult, type ConformanceReport, type ReportedFailure, reportOf } from './conformance/run/report.js'
export { usualCheckTimeoutMs } from './conformance/run/run-check.js'
export { type ConformanceOptions, chosenChecks, runConformance } from './conformance/run/run-conformance.js'
export type { Subject } from './conformance/subject.js'
export type {
  Draft,
  DraftedField,
  DraftedKind,
  DraftedMessage,
  DraftedProtoField,
  FieldRole,
  KindMark,
  KindRole,
  SymbolSpelling,
  TimeUnit,
} from './draft/draft.js'
export { draftFromCapture } from './draft/draft-from-capture.js'
export { type LoadGenerator, type LoadOptions, startLoadGenerator } from './load/load-generator.js'
export type {
  AccountBalance,
  AccountEvent,
  BalanceEvent,
  BalanceReason,
  FillEvent,
  OrderEvent,
} from './market/account-event.js'
export { type AccountOptions, AccountSimulator, type OrderRequest } from './market/account-simulator.js'
export { type CandleWidth, candleWidths } from './market/candle-window.js'
export { LaggingBooks } from './market/lagging-books.js'
export type {
  BookChange,
  BookImage,
  MarketCandle,
  MarketEvent,
  MarketStatistics,
  MarketTrade,
  TextLevel,
} from './market/market-event.js'
export type { MarketPrecision } from './market/market-precision.js'
export { type MarketOptions, MarketSimulator } from './market/market-simulator.js'
export type { NetworkFaults, Unreachable } from './network/network-faults.js'
export type { SimulatedConnection } from './network/simulated-connection.js'
export { SimulatedNetwork, type SimulatedNetworkOptions } from './network/simulated-network.js'
export type { LaneCounts } from './proxy/byte-lane.js'
export type { CutKind } from './proxy/lane-rules.js'
export type { ConnectionFaults, Direction, LinkFaults, SlowLink } from './proxy/link-faults.js'
export type { ProxiedConnection } from './proxy/proxied-connection.js'
export { type ProxyFaults, startTcpProxy, type TcpProxy, type TcpProxyOptions } from './proxy/tcp-proxy.js'
export type { ProxyTarget, TcpTarget } from './proxy/tcp-target.js'
export { createRandom, hashText, randomInteger, randomItem } from './random.js'
export type { FrameChoice, FrameMatch, FrameRewriter } from './server/frame-faults.js'
export { defaultIgnoredParameters } from './server/recorded-responses.js'
export { type ReplayServer, type ReplayServerOptions, startReplayServer } from './server/replay-server.js'
export type { Refusal, SlowAnswers, SocketFaults } from './server/socket-faults.js'
export { startVenueServer, type VenueServer, type VenueServerOptions } from './server/venue-server.js'
export { TestkitError, type TestkitErrorCode } from './testkit-error.js'
export type { ExchangeEmulation, OptionVariant, RecordedAnswer } from './venue/exchange-emulation.js'
export {
  exchangeClock,
  type FaultControl,
  type FaultSwitches,
  faultControl,
  faultSwitches,
} from './venue/fault-switches.js'
export type {
  Venue,
  VenueClient,
  VenueContext,
  VenueFactory,
  VenueRequest,
  VenueResponse,
  VenueSession,
} from './venue/venue.js'
export type { EmulatedVenue, SnapshotFault, StallEnd, VenueControl } from './venue/venue-control.js'
