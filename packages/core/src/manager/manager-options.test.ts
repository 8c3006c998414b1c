import { describe, expect, test } from 'vitest'
import { acmeSpot, acmeStrategies } from '../../test/support/acme-exchange.js'
import { checkManagerOptions } from './manager-options.js'

const strategies = acmeStrategies({ url: 'ws://127.0.0.1:1/' })

function messageOf(options: object): string {
  try {
    checkManagerOptions(options as never)
    return 'accepted'
  } catch (thrown) {
    return (thrown as Error).message.split('\n')[0] ?? ''
  }
}

describe('the options of a manager', () => {
  test('are told apart from a definition, with what to pass instead', () => {
    expect(messageOf({ strategies: acmeSpot })).toMatchInlineSnapshot(
      `"The manager cannot be built: strategies is the definition of acme_spot, not a set: pass what its public() returns, or its private(credentials).  [ERR_INVALID_CONFIG]"`,
    )
    const { private: _private, ...publicOnly } = acmeSpot
    expect(messageOf({ strategies: publicOnly })).toMatchInlineSnapshot(
      `"The manager cannot be built: strategies is the definition of acme_spot, not a set: pass what its public() returns.  [ERR_INVALID_CONFIG]"`,
    )
    expect(messageOf({})).toMatchInlineSnapshot(
      `"The manager cannot be built: strategies is missing or not a WebSocketStrategySet of contract version 2.  [ERR_INVALID_CONFIG]"`,
    )
    expect(messageOf({ strategies })).toBe('accepted')
  })

  test('say what is wrong with a logger, and what to pass instead', () => {
    expect(messageOf({ strategies, logger: console })).toMatchInlineSnapshot(
      `"The manager cannot be built: logger is the console, which has no child(): pass a pino logger, or logLevel: 'info' for pino on standard output.  [ERR_INVALID_CONFIG]"`,
    )
    expect(messageOf({ strategies, logger: {} })).toMatchInlineSnapshot(
      `"The manager cannot be built: logger has no child(): pass a pino logger, or logLevel: 'info' for pino on standard output.  [ERR_INVALID_CONFIG]"`,
    )
  })
})
