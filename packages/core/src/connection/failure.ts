import type { ErrorCode } from '../errors/error-codes.js'
import { StreamError } from '../errors/stream-error.js'
import type { FailureKind } from '../model/failure-kind.js'
import type { TransportClose } from '../strategy/transport.js'

/** A connection that ended or could not be made: what kind of failure it was, and the error to show for it. */
export interface Failure {
  readonly kind: FailureKind
  readonly error: StreamError
}

const kindOfCode: Partial<Record<ErrorCode, FailureKind>> = {
  ERR_CONNECTION_REFUSED: 'refused',
  ERR_CONNECTION_TIMEOUT: 'timeout',
  ERR_CONNECTION_SILENT: 'timeout',
  ERR_ACKNOWLEDGEMENT_TIMEOUT: 'timeout',
  ERR_ACCOUNT_SILENT: 'timeout',
  ERR_HOST_NOT_FOUND: 'host-not-found',
  ERR_HANDSHAKE_REJECTED: 'rejected',
  ERR_AUTHENTICATION_FAILED: 'authentication',
  ERR_INVALID_CREDENTIALS: 'authentication',
  ERR_CLOCK_SKEW: 'clock-skew',
  ERR_SIGNING_FAILED: 'signing',
  ERR_LISTEN_KEY_ENDED: 'expired',
  ERR_INVALID_STRATEGY: 'strategy',
  ERR_RATE_LIMITED: 'rate-limited',
  ERR_NO_PERMIT: 'not-permitted',
  ERR_PROTOCOL_VIOLATION: 'corrupt',
  ERR_MALFORMED_FRAME: 'corrupt',
}

/** The failure an error while connecting stands for; `override` is what the exchange's own strategy made of it. */
export function failureOfError(error: StreamError, override: FailureKind | null = null): Failure {
  return { kind: override ?? kindOfCode[error.code] ?? 'abrupt', error }
}

/** Close codes with a meaning of their own; RFC 6455, section 7.4.1. Everything else with a code is `closed`. */
const kindOfCloseCode: Readonly<Record<number, FailureKind>> = {
  1002: 'corrupt',
  1005: 'closed-without-code',
  1006: 'abrupt',
  1007: 'corrupt',
  1009: 'corrupt',
  1012: 'upgrade',
  1013: 'rate-limited',
}

/** The failure a close stands for; `override` is what the exchange's own strategy made of it. */
export function failureOfClose(close: TransportClose, override: FailureKind | null): Failure {
  if (close.error instanceof StreamError) return failureOfError(close.error, override)
  const kind = override ?? kindOfCloseCode[close.code] ?? 'closed'
  const corrupt = kind === 'corrupt' && close.error !== null
  const error = new StreamError(
    corrupt ? 'ERR_PROTOCOL_VIOLATION' : 'ERR_CONNECTION_CLOSED',
    corrupt ? 'The connection carried bytes that are not valid WebSocket frames.' : describeClose(close),
    {
      context: { 'Close code': close.code, ...(close.reason === '' ? {} : { Reason: close.reason }) },
      ...(close.error === null ? {} : { cause: close.error }),
    },
  )
  return { kind, error }
}

function describeClose(close: TransportClose): string {
  if (close.code === 1006) return 'The connection ended without a close frame.'
  if (close.code === 1005) return 'The exchange closed the connection without saying why.'
  return 'The exchange closed the connection.'
}
