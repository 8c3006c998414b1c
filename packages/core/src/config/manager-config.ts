import { longestTimerMs } from '../clock/longest-timer.js'
import { optionsChecker } from './check-options.js'

/** What happens when more messages wait than may. */
export type OverflowPolicy = 'pause' | 'drop-oldest' | 'drop-newest' | 'latest-by-stream'

/** How a `WebSocketManager` behaves. Every field is optional; `defaultManagerConfig` has the defaults. */
export interface WebSocketManagerConfig {
  /** Attempts in a row before the circuit breaker of a lost connection opens, 0 to 1,000,000; 0 never reconnects. */
  readonly maxReconnectAttempts: number
  /** How long an open breaker waits before each further attempt, ms, 1 to 86,400,000; up to as much again is added. */
  readonly breakerIntervalMs: number
  /** How long a lost connection is tried for before it is given up, ms, 0 to 2,147,483,647; 0 for ever. */
  readonly reconnectTimeLimitMs: number
  /** First backoff step, ms, 0 to 600,000. */
  readonly reconnectDelayMs: number
  /** How long a handler's promise may take before it is reported and no longer waited for, ms, 1 to 3,600,000. */
  readonly messageTimeoutMs: number
  /** Whether latency, rates and lag are measured. Counters always are. */
  readonly enablePerformanceTracking: boolean
  /** How often a summary of performance is written into the log, ms, 0 to 86,400,000; with 0 never. */
  readonly summaryIntervalMs: number
  /** Messages that may wait for a slow handler on each connection, 1 to 10,000,000. */
  readonly maxPendingMessages: number
  /** Bytes that may wait on each connection, 1,024 to 4 GiB. */
  readonly maxPendingBytes: number
  /**
   * `pause` stops reading the socket, so that nothing is lost. `drop-oldest` and `drop-newest` are counted by channel and reported. `latest-by-stream` pauses too,
   * but of a book ticker, ticker or candle stream only the newest message waits: those it replaces are counted apart, as superseded.
   */
  readonly overflowPolicy: OverflowPolicy
  /** Whether waiting messages are handled in batches before the event loop gets its turn; one by one otherwise. */
  readonly batchProcessingEnabled: boolean
  /** Messages in one batch, 1 to 100,000. */
  readonly batchSize: number
  /** How long the exchange may take to acknowledge a subscription, ms, 1 to 600,000. */
  readonly acknowledgementTimeoutMs: number
  /** How long a connection attempt may take, context and authentication included, ms, 1 to 600,000. */
  readonly connectTimeoutMs: number
  /** How long `close()` waits for the closing handshake before it ends the socket, ms, 0 to 60,000. */
  readonly closeTimeoutMs: number
  /**
   * Silence after which a stream that pushes regularly (order book, book ticker, ticker, candles) is stale at the latest, ms, 0 to 86,400,000; sooner where its rhythm is known. With 0
   * nothing is stale, and no stream asked for again nor connection replaced because it fell silent.
   * A quiet market can be silent for longer and be well: stale says how long nothing came, not that something is wrong.
   */
  readonly staleAfterMs: number
  /** Whether what a stream missed is fetched over REST, where the exchange has it, and delivered afterwards. */
  readonly backfillGaps: boolean
  /** On how many connections each stream comes, 1 or 2: with 2 every message is delivered once, by whichever connection brings it first, and the loss of one costs nothing. */
  readonly redundancy: 1 | 2
  /** Whether each message carries its frame in `raw`. */
  readonly includeRaw: boolean
}

/** What holds where `config` does not say otherwise. */
export const defaultManagerConfig: WebSocketManagerConfig = {
  maxReconnectAttempts: 10,
  breakerIntervalMs: 30_000,
  reconnectTimeLimitMs: 0,
  reconnectDelayMs: 1_000,
  messageTimeoutMs: 30_000,
  enablePerformanceTracking: true,
  summaryIntervalMs: 0,
  maxPendingMessages: 1_000,
  maxPendingBytes: 64 * 1024 * 1024,
  overflowPolicy: 'pause',
  batchProcessingEnabled: true,
  batchSize: 100,
  acknowledgementTimeoutMs: 10_000,
  connectTimeoutMs: 15_000,
  closeTimeoutMs: 1_000,
  staleAfterMs: 60_000,
  backfillGaps: true,
  redundancy: 1,
  includeRaw: false,
}

const integer = (minimum: number, maximum: number): object => ({ type: 'integer', minimum, maximum })

const checkConfig = optionsChecker<WebSocketManagerConfig>('The manager’s config is not valid', {
  type: 'object',
  additionalProperties: false,
  properties: {
    maxReconnectAttempts: integer(0, 1_000_000),
    breakerIntervalMs: integer(1, 86_400_000),
    reconnectTimeLimitMs: integer(0, longestTimerMs),
    reconnectDelayMs: integer(0, 600_000),
    messageTimeoutMs: integer(1, 3_600_000),
    enablePerformanceTracking: { type: 'boolean' },
    summaryIntervalMs: integer(0, 86_400_000),
    maxPendingMessages: integer(1, 10_000_000),
    maxPendingBytes: integer(1_024, 4_294_967_296),
    overflowPolicy: { type: 'string', enum: ['pause', 'drop-oldest', 'drop-newest', 'latest-by-stream'] },
    batchProcessingEnabled: { type: 'boolean' },
    batchSize: integer(1, 100_000),
    acknowledgementTimeoutMs: integer(1, 600_000),
    connectTimeoutMs: integer(1, 600_000),
    closeTimeoutMs: integer(0, 60_000),
    staleAfterMs: integer(0, 86_400_000),
    backfillGaps: { type: 'boolean' },
    redundancy: integer(1, 2),
    includeRaw: { type: 'boolean' },
  },
})

/** The config with defaults filled in. Throws `ERR_INVALID_CONFIG`, naming every mistake together. */
export function resolveManagerConfig(config: Partial<WebSocketManagerConfig> = {}): WebSocketManagerConfig {
  const isRecord = typeof config === 'object' && config !== null
  const given = isRecord
    ? Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined))
    : config
  checkConfig(given)
  return { ...defaultManagerConfig, ...given }
}
