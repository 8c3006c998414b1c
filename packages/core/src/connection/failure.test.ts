import { describe, expect, test } from 'vitest'
import { type ErrorCode, errorCodes } from '../errors/error-codes.js'
import { StreamError } from '../errors/stream-error.js'
import type { FailureKind } from '../model/failure-kind.js'
import { failureOfClose, failureOfError } from './failure.js'

describe('the failure a close stands for', () => {
  const table: readonly (readonly [number, FailureKind])[] = [
    [1000, 'closed'],
    [1001, 'closed'],
    [1002, 'corrupt'],
    [1003, 'closed'],
    [1005, 'closed-without-code'],
    [1006, 'abrupt'],
    [1007, 'corrupt'],
    [1009, 'corrupt'],
    [1011, 'closed'],
    [1012, 'upgrade'],
    [1013, 'rate-limited'],
    [4001, 'closed'],
  ]

  test.each(table)('with code %i is "%s"', (code, kind) => {
    expect(failureOfClose({ code, reason: '', error: null }, null).kind).toBe(kind)
  })

  test('is what the exchange’s strategy makes of it, where it makes something of it', () => {
    expect(failureOfClose({ code: 4001, reason: '', error: null }, 'authentication').kind).toBe('authentication')
  })

  test('says how it ended, with code and reason', () => {
    const close = { code: 4001, reason: 'listen key expired', error: null }
    expect(failureOfClose(close, null).error.message).toMatchInlineSnapshot(`
      "The exchange closed the connection.  [ERR_CONNECTION_CLOSED]
      Close code: 4001   Reason: listen key expired"
    `)
    expect(failureOfClose({ code: 1006, reason: '', error: null }, null).error.message).toMatchInlineSnapshot(`
      "The connection ended without a close frame.  [ERR_CONNECTION_CLOSED]
      Close code: 1006"
    `)
    expect(failureOfClose({ code: 1005, reason: '', error: null }, null).error.message).toMatchInlineSnapshot(`
      "The exchange closed the connection without saying why.  [ERR_CONNECTION_CLOSED]
      Close code: 1005"
    `)
  })

  test('is what the transport itself says, where it says that in an error of ours', () => {
    const error = new StreamError('ERR_CONNECTION_TIMEOUT', 'The gateway did not answer.')
    expect(failureOfClose({ code: 1006, reason: '', error }, null)).toEqual({ kind: 'timeout', error })
    expect(failureOfClose({ code: 1006, reason: '', error }, 'upgrade').kind).toBe('upgrade')
  })

  test('keeps what the socket reported as its cause', () => {
    const cause = new Error('read ECONNRESET')
    expect(failureOfClose({ code: 1006, reason: '', error: cause }, null).error.cause).toBe(cause)
    const violation = new RangeError('Invalid WebSocket frame')
    expect(failureOfClose({ code: 1002, reason: '', error: violation }, null).error).toMatchObject({
      code: 'ERR_PROTOCOL_VIOLATION',
      cause: violation,
    })
  })
})

describe('the failure an error stands for', () => {
  const kinds: Partial<Record<ErrorCode, FailureKind>> = {
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

  test.each(Object.keys(errorCodes) as ErrorCode[])('%s', (code) => {
    const error = new StreamError(code, 'x')
    expect(failureOfError(error)).toEqual({ kind: kinds[code] ?? 'abrupt', error })
  })
})
