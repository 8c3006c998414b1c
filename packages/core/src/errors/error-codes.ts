/** A stable error code. Codes do not change between major versions; the wording of messages may improve. `docs/errors.md` explains each. */
export type ErrorCode =
  | 'ERR_INVALID_CONFIG'
  | 'ERR_INVALID_SYMBOL'
  | 'ERR_INVALID_STRATEGY'
  | 'ERR_INVALID_CREDENTIALS'
  | 'ERR_STRATEGIES_IN_USE'
  | 'ERR_UNKNOWN_CHANNEL'
  | 'ERR_UNSUPPORTED_CHANNEL'
  | 'ERR_UNSUPPORTED_OPTION'
  | 'ERR_UNKNOWN_EXCHANGE'
  | 'ERR_EXCHANGE_NOT_INSTALLED'
  | 'ERR_CONNECTION_REFUSED'
  | 'ERR_CONNECTION_TIMEOUT'
  | 'ERR_CONNECTION_SILENT'
  | 'ERR_CONNECTION_CLOSED'
  | 'ERR_CONNECTION_LIMIT'
  | 'ERR_NO_PERMIT'
  | 'ERR_HOST_NOT_FOUND'
  | 'ERR_HANDSHAKE_REJECTED'
  | 'ERR_INSECURE_URL'
  | 'ERR_PROTOCOL_VIOLATION'
  | 'ERR_MALFORMED_FRAME'
  | 'ERR_AUTHENTICATION_FAILED'
  | 'ERR_CLOCK_SKEW'
  | 'ERR_SIGNING_FAILED'
  | 'ERR_LISTEN_KEY_ENDED'
  | 'ERR_LISTEN_KEY_NOT_RENEWED'
  | 'ERR_ACCOUNT_SILENT'
  | 'ERR_RATE_LIMITED'
  | 'ERR_REST_FAILED'
  | 'ERR_SUBSCRIPTION_REJECTED'
  | 'ERR_ACKNOWLEDGEMENT_TIMEOUT'
  | 'ERR_NOT_SENT'
  | 'ERR_REPLY_TIMEOUT'
  | 'ERR_OUTCOME_UNKNOWN'
  | 'ERR_CIRCUIT_OPEN'
  | 'ERR_RECONNECT_EXHAUSTED'
  | 'ERR_EXCHANGE_ERROR'
  | 'ERR_HANDLER_FAILED'
  | 'ERR_HANDLER_TIMEOUT'
  | 'ERR_NOT_INITIALIZED'
  | 'ERR_ALREADY_INITIALIZED'
  | 'ERR_CLOSED'
  | 'ERR_ABORTED'
  | 'ERR_BOOK_NOT_LIVE'
  | 'ERR_BOOK_GAP'
  | 'ERR_BOOK_RULES'
  | 'ERR_FLIGHT_UNWRITABLE'
  | 'ERR_UNKNOWN_STREAM'
  | 'ERR_NO_RELAY'
  | 'ERR_RELAY_GAP'
  | 'ERR_SLOW_CONSUMER'
  | 'ERR_GROUP_MISMATCH'

/** Every code a `StreamError` can carry, with whether trying the same thing again can help. */
export const errorCodes: Readonly<Record<ErrorCode, { readonly retryable: boolean }>> = {
  ERR_INVALID_CONFIG: { retryable: false },
  ERR_INVALID_SYMBOL: { retryable: false },
  ERR_INVALID_STRATEGY: { retryable: false },
  ERR_INVALID_CREDENTIALS: { retryable: false },
  ERR_STRATEGIES_IN_USE: { retryable: false },
  ERR_UNKNOWN_CHANNEL: { retryable: false },
  ERR_UNSUPPORTED_CHANNEL: { retryable: false },
  ERR_UNSUPPORTED_OPTION: { retryable: false },
  ERR_UNKNOWN_EXCHANGE: { retryable: false },
  ERR_EXCHANGE_NOT_INSTALLED: { retryable: false },
  ERR_CONNECTION_REFUSED: { retryable: true },
  ERR_CONNECTION_TIMEOUT: { retryable: true },
  ERR_CONNECTION_SILENT: { retryable: true },
  ERR_CONNECTION_CLOSED: { retryable: true },
  ERR_CONNECTION_LIMIT: { retryable: false },
  ERR_NO_PERMIT: { retryable: true },
  ERR_HOST_NOT_FOUND: { retryable: true },
  ERR_HANDSHAKE_REJECTED: { retryable: true },
  ERR_INSECURE_URL: { retryable: false },
  ERR_PROTOCOL_VIOLATION: { retryable: true },
  ERR_MALFORMED_FRAME: { retryable: true },
  ERR_AUTHENTICATION_FAILED: { retryable: false },
  ERR_CLOCK_SKEW: { retryable: false },
  ERR_SIGNING_FAILED: { retryable: true },
  ERR_LISTEN_KEY_ENDED: { retryable: true },
  ERR_LISTEN_KEY_NOT_RENEWED: { retryable: true },
  ERR_ACCOUNT_SILENT: { retryable: true },
  ERR_RATE_LIMITED: { retryable: true },
  ERR_REST_FAILED: { retryable: true },
  ERR_SUBSCRIPTION_REJECTED: { retryable: false },
  ERR_ACKNOWLEDGEMENT_TIMEOUT: { retryable: true },
  ERR_NOT_SENT: { retryable: true },
  ERR_REPLY_TIMEOUT: { retryable: false },
  ERR_OUTCOME_UNKNOWN: { retryable: false },
  ERR_CIRCUIT_OPEN: { retryable: true },
  ERR_RECONNECT_EXHAUSTED: { retryable: true },
  ERR_EXCHANGE_ERROR: { retryable: true },
  ERR_HANDLER_FAILED: { retryable: true },
  ERR_HANDLER_TIMEOUT: { retryable: true },
  ERR_NOT_INITIALIZED: { retryable: false },
  ERR_ALREADY_INITIALIZED: { retryable: false },
  ERR_CLOSED: { retryable: false },
  ERR_ABORTED: { retryable: true },
  ERR_BOOK_NOT_LIVE: { retryable: true },
  ERR_BOOK_GAP: { retryable: true },
  ERR_BOOK_RULES: { retryable: true },
  ERR_FLIGHT_UNWRITABLE: { retryable: true },
  ERR_UNKNOWN_STREAM: { retryable: false },
  ERR_NO_RELAY: { retryable: true },
  ERR_RELAY_GAP: { retryable: true },
  ERR_SLOW_CONSUMER: { retryable: true },
  ERR_GROUP_MISMATCH: { retryable: false },
}
