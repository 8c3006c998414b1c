import { StreamError } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { usageError } from './cli-error.js'
import { describeFailure, failureJson, failureText } from './failure.js'

const refused = new StreamError('ERR_SUBSCRIPTION_REJECTED', 'acme_spot refused a subscription.', {
  context: { Channel: 'trades', Reason: 'no such\npair\u001b[31m' },
  hint: 'The pair may be delisted.',
})

describe('a failure', () => {
  test('is one line of text, whatever the exchange said', () => {
    expect(failureText(describeFailure(refused))).toBe(
      'error[ERR_SUBSCRIPTION_REJECTED]: acme_spot refused a subscription. (Channel: trades, Reason: no such pair) — The pair may be delisted.',
    )
  })

  test('is one JSON line for machines', () => {
    expect(JSON.parse(failureJson(describeFailure(usageError('That is wrong.', 'Do this.'))))).toEqual({
      error: { code: 'ERR_USAGE', message: 'That is wrong.', hint: 'Do this.', context: {} },
    })
  })

  test.each([
    ['ERR_UNKNOWN_EXCHANGE', 2],
    ['ERR_INVALID_SYMBOL', 2],
    ['ERR_UNKNOWN_CHANNEL', 2],
    ['ERR_UNSUPPORTED_OPTION', 2],
    ['ERR_CONNECTION_REFUSED', 1],
    ['ERR_RECONNECT_EXHAUSTED', 1],
  ] as const)('with %s ends with %i', (code, exitCode) => {
    expect(describeFailure(new StreamError(code, 'Something.')).exitCode).toBe(exitCode)
  })

  test('of an unknown kind says that it is a bug, without a stack trace', () => {
    const failure = describeFailure(new TypeError('x is not a function'))
    expect(failureText(failure)).toMatchInlineSnapshot(
      `"error[ERR_UNEXPECTED]: TypeError: x is not a function — This is a bug in tapewire: please report it with the command that led here."`,
    )
    expect(failure.exitCode).toBe(1)
  })

  test('may be anything that was thrown', () => {
    expect(describeFailure('just text')).toMatchObject({ code: 'ERR_UNEXPECTED', message: 'just text' })
  })
})
